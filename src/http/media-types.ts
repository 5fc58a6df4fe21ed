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

/** The formats of tables. */
export type FileFormat = Exclude<Format, 'json' | 'markdown'>;
