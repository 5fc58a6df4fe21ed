/** The formats of responses and files, and their media types. */
export const mediaTypes = {
  json: 'application/json',
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  markdown: 'text/markdown',
} as const;

export type Format = keyof typeof mediaTypes;
export const formatOfType = (type: string): Format | undefined =>
  (Object.keys(mediaTypes) as Format[]).find((format) => mediaTypes[format] === type);

/** The formats of tables that are read. */
export const readTypes = {
  csv: mediaTypes.csv,
  xlsx: mediaTypes.xlsx,
  ods: 'application/vnd.oasis.opendocument.spreadsheet',
  ndjson: mediaTypes.ndjson,
  json: mediaTypes.json,
} as const;

export type ReadFormat = keyof typeof readTypes;

/** Whether a file is a zip archive with sheets. */
export const isWorkbook = (format: ReadFormat | null): boolean => format === 'xlsx' || format === 'ods';

/** The formats of tables that are written. */
export type FileFormat = Exclude<Format, 'json' | 'markdown'>;
