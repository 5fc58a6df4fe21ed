/** Detects the format of a file by its first bytes, not by its name. */
import type { FileFormat } from '../../http/media-types.ts';
import { cut, Refusal } from './refusal.ts';
import type { ReadRequest } from './rows.ts';

type Found = FileFormat | 'xls' | 'other';

const magic = (hex: string) => Buffer.from(hex, 'hex');

/** File signatures, including that of an empty archive. */
const MAGIC: readonly (readonly [Found, Buffer])[] = [
  ['xlsx', magic('504b0304')],
  ['xlsx', magic('504b0506')],
  ['xls', magic('d0cf11e0a1b11ae1')],
  ['other', magic('25504446')],
  ['other', magic('1f8b')],
  ['other', magic('89504e47')],
  ['other', magic('ffd8ff')],
];

/** HTML and XML, which some systems save as `.xls`; a JSON array. */
const NO_TABLE = /^\s*(<(!doctype|html|table|\?xml|workbook)|\[\s*[{\]])/i;

function found(start: Buffer): Found {
  const known = MAGIC.find(([, bytes]) => start.subarray(0, bytes.length).equals(bytes));
  if (known) return known[0];
  const isUtf16 = start[0] === 0xff || start[0] === 0xfe;
  if (start.includes(0) && !isUtf16) return 'other';
  const text = start.toString('utf8').replace('\uFEFF', '');
  if (NO_TABLE.test(text)) return 'other';
  return text.trimStart().startsWith('{') ? 'ndjson' : 'csv';
}

const isText = (format: Found): boolean => format === 'csv' || format === 'ndjson';

/**
 * The format of a file with the given first bytes.
 * @throws Refusal if the format is not supported, or differs from the one in the request
 */
export function formatOf(start: Buffer, { format, name }: Pick<ReadRequest, 'format' | 'name'>): FileFormat {
  if (start.length === 0) throw new Refusal('imports.empty_file');
  const real = found(start);
  if (real === 'xls') throw new Refusal('imports.old_or_locked_workbook');
  if (real === 'other') throw new Refusal('imports.unknown_format');
  const said = format ?? (isText(real) && /\.(csv|txt|tsv)$/i.test(name ?? '') ? 'csv' : real);
  // A CSV file may also start with a brace.
  if (said === real || (said === 'csv' && real === 'ndjson')) return said;
  throw new Refusal('imports.wrong_format', { said: cut(said), found: real });
}
