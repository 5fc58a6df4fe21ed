/** Detects the format of a file by its first bytes, not by its name. */
import { type ReadFormat, readTypes } from '../../http/media-types.ts';
import { kindByBytes, kindByText, type OtherKind, otherFormat } from './other-formats.ts';
import { cut, Refusal } from './refusal.ts';
import type { ReadRequest } from './rows.ts';

type Found = ReadFormat | 'xls' | OtherKind;

const ZIP = Buffer.from('PK');
const XLS = Buffer.from('d0cf11e0a1b11ae1', 'hex');

/** OpenDocument says its kind in the first part of the archive, which is not compressed. */
const OPEN_DOCUMENT = 'mimetypeapplication/vnd.oasis.opendocument.';

/** A zip archive that is neither may be a workbook: that is for its parts to say. */
function foundInZip(start: Buffer): Found {
  const head = start.subarray(0, 200).toString('latin1');
  const at = head.indexOf(OPEN_DOCUMENT);
  if (at < 0) return 'xlsx';
  return head.startsWith('spreadsheet', at + OPEN_DOCUMENT.length) ? 'ods' : 'document';
}

/** A heading may also be in brackets. */
const JSON_ARRAY = /^\s*\[\s*[{\]]/;

function found(start: Buffer): Found {
  const startsWith = (bytes: Buffer) => start.subarray(0, bytes.length).equals(bytes);
  if (startsWith(ZIP) && (start[2] === 3 || start[2] === 5)) return foundInZip(start);
  if (startsWith(XLS)) return 'xls';
  const kind = kindByBytes(start);
  if (kind) return kind;
  const isUtf16 = start[0] === 0xff || start[0] === 0xfe;
  if (start.includes(0) && !isUtf16) return 'other';
  const text = start.toString('utf8').replace('\uFEFF', '');
  const [first] = text.trimStart();
  if (JSON_ARRAY.test(text)) return 'json';
  return kindByText(text) ?? (first === '{' ? 'ndjson' : 'csv');
}

const isReadable = (format: Found): format is ReadFormat => format in readTypes;
const TEXTS: ReadonlySet<Found> = new Set(['csv', 'ndjson', 'json']);

/**
 * The format of a file with the given first bytes.
 * @throws Refusal if the format is not supported, or differs from the one in the request
 */
export function formatOf(
  start: Buffer,
  { format, name, mapping }: Pick<ReadRequest, 'format' | 'name' | 'mapping'>,
): ReadFormat {
  if (start.length === 0) throw new Refusal('imports.empty_file');
  const detected = found(start);
  // A document with its rows somewhere within begins as a line of NDJSON does.
  const real = detected === 'ndjson' && mapping?.rows !== undefined ? 'json' : detected;
  if (real === 'xls') throw new Refusal('imports.old_or_locked_workbook');
  if (!isReadable(real)) throw otherFormat(real);
  const said = format ?? (TEXTS.has(real) && /\.(csv|txt|tsv)$/i.test(name ?? '') ? 'csv' : real);
  // A CSV file may also start with a bracket.
  if (said !== real && !(said === 'csv' && TEXTS.has(real))) {
    throw new Refusal('imports.wrong_format', { said: cut(said), found: real });
  }
  if (said === 'json' && !mapping) throw otherFormat('json');
  return said;
}
