/** Converts a file on disk to rows on disk, in this process. `read-job.ts` runs it in a separate one. */
import { type FileHandle, open } from 'node:fs/promises';
import { isWorkbook, type ReadFormat } from '../../http/media-types.ts';
import { CHUNK, encodingOf } from './encoding.ts';
import { formatOf } from './format.ts';
import { jsonRows } from './json-lines.ts';
import { limits } from './limits.ts';
import { Refusal } from './refusal.ts';
import { rowLines } from './row-lines.ts';
import type { FileHead, ReadProgress, ReadRequest, ReadResult, ReadRow, Source } from './rows.ts';
import { type OpenTable, openTable } from './table.ts';

const MIB = 1024 * 1024;

interface Beginning {
  start: Buffer;
  /** Of the whole file. */
  size: number;
}

async function beginningOf(file: string): Promise<Beginning> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(CHUNK), 0, CHUNK, 0);
    return { start: buffer.subarray(0, bytesRead), size };
  } finally {
    await handle.close();
  }
}

function refuseLarge(format: ReadFormat, size: number): void {
  const max = isWorkbook(format) ? limits.workbookBytes : limits.textBytes;
  if (size > max) throw new Refusal('imports.too_large', { max: max / MIB, format });
}

/** The rows being read, and the properties of the file once all of them have been. */
interface Reading {
  /** All fields that a row may have. */
  names: readonly string[];
  batches: AsyncIterable<ReadRow[]>;
  bytes(): number;
  head(): FileHead;
}

const readingOf = (format: ReadFormat, { source, names, batches, head }: OpenTable): Reading => ({
  names,
  batches,
  bytes: source.bytes,
  head: () => ({ format, ...head() }),
});

/** JSON has the fields of the service, or what a mapping makes of it. */
async function readingOfJson(
  request: ReadRequest,
  format: 'json' | 'ndjson',
  start: Buffer,
): Promise<Reading> {
  const encoding = await encodingOf(request.file, start, request.encoding ?? 'utf-8');
  if (!request.mapping) return jsonRows(request.file, encoding, request.table);
  const { jsonSource } = await import('./json-tables.ts');
  // Neither sheets nor rows of headings are known to JSON.
  const { entity, rows, fields } = request.mapping;
  const mapping = { entity, fields, ...(rows !== undefined && { rows }) };
  const source = async () => jsonSource(request.file, encoding, format, mapping);
  return readingOf(format, await openTable([source], { ...request, mapping }, false));
}

const isJson = (format: ReadFormat): format is 'json' | 'ndjson' => format === 'json' || format === 'ndjson';

/** The tables of a file. */
export interface Sources {
  format: ReadFormat;
  sources: readonly (() => Promise<Source>)[];
}

/** Loads parsers on demand, because loading one takes longer than reading most files. */
async function sourcesOf(
  request: ReadRequest,
  format: ReadFormat,
  { start, size }: Beginning,
): Promise<Sources['sources']> {
  if (isWorkbook(format)) {
    const sources =
      format === 'ods'
        ? (await import('./open-document.ts')).openDocumentSources
        : (await import('./workbook.ts')).workbookSources;
    return sources(request, size);
  }
  const { csvSource } = await import('./csv.ts');
  const encoding = await encodingOf(request.file, start, request.encoding);
  return [async () => csvSource(request.file, encoding)];
}

async function formatAndSize(request: ReadRequest) {
  const beginning = await beginningOf(request.file);
  const format = formatOf(beginning.start, request);
  refuseLarge(format, beginning.size);
  return { beginning, format };
}

/**
 * Opens the tables of a file with headings, without reading their rows.
 * @throws Refusal if it is no such file
 */
export async function openSources(request: ReadRequest): Promise<Sources> {
  const { beginning, format } = await formatAndSize(request);
  if (isJson(format)) throw new Refusal('imports.no_proposal_for_json');
  return { format, sources: await sourcesOf(request, format, beginning) };
}

async function readingFor(request: ReadRequest, format: ReadFormat, beginning: Beginning): Promise<Reading> {
  if (isJson(format)) return readingOfJson(request, format, beginning.start);
  const sources = await sourcesOf(request, format, beginning);
  return readingOf(format, await openTable(sources, request, !isWorkbook(format)));
}

/** Characters per write. */
const PIECE = 256 * 1024;

/** Writes rows with backpressure: the next piece waits until the previous one is written. */
async function writeRows(
  reading: Reading,
  rows: FileHandle,
  maxRows: number,
  onProgress: (progress: ReadProgress) => void,
) {
  const counts = { rows: 0, refused: 0 };
  let faults = 0;
  const lines = rowLines(reading.names);
  let piece = lines.names;
  let written: Promise<unknown> = Promise.resolve();
  for await (const batch of reading.batches) {
    for (const row of batch) {
      counts.rows += 1;
      if (row.faults.length > 0) counts.refused += 1;
      faults += row.faults.length;
      const told = faults <= limits.faults ? row : { ...row, faults: row.faults.slice(0, 1) };
      piece += lines.line(told);
    }
    if (counts.rows > maxRows) throw new Refusal('imports.too_many_rows', { max: maxRows });
    if (piece.length > PIECE) {
      await written;
      written = rows.appendFile(piece);
      piece = '';
    }
    onProgress({ ...counts, bytes: reading.bytes() });
  }
  await written;
  await rows.appendFile(piece);
  return counts;
}

/**
 * Reads a whole file.
 * @param onProgress called after each batch
 * @throws Refusal if the file as a whole cannot be read
 */
export async function read(
  request: ReadRequest,
  onProgress: (progress: ReadProgress) => void,
): Promise<ReadResult> {
  const { beginning, format } = await formatAndSize(request);
  const reading = await readingFor(request, format, beginning);
  const rows = await open(request.rows, 'w');
  try {
    // Worksheets have a limit of their own.
    const maxRows = isWorkbook(format) ? Number.POSITIVE_INFINITY : limits.rows;
    const counts = await writeRows(reading, rows, maxRows, onProgress);
    return { ...counts, bytes: beginning.size, head: reading.head() };
  } finally {
    await rows.close();
  }
}
