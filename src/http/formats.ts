/** The format of a response, from `format` or else `Accept`, and the options of each format. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import * as z from 'zod';
import type { Language } from '../core/languages.ts';
import { type Format, mediaTypes } from './media-types.ts';
import type { FileRoute } from './notes.ts';
import { type Fault, languageOf, Problem, refuse } from './problems.ts';

/** The `format` parameter of an operation with several formats. */
export const formatField = <F extends Format>(formats: readonly [F, ...F[]]) =>
  z
    .enum(formats)
    .optional()
    .meta({
      description: `Format of the response, overriding \`Accept\`: ${formats.map((name) => `\`${name}\``).join(', ')}.`,
      example: formats[0],
    });

export const langField = z.enum(['zh', 'en']).optional().meta({
  description: 'Language of headings and labels in `csv` and `xlsx`; by default that of `Accept-Language`.',
  example: 'zh',
});

/** Parameters that only some formats accept. */
const OWN: Readonly<Record<Format, readonly string[]>> = {
  json: ['limit', 'cursor', 'fields'],
  csv: ['lang', 'unit', 'encoding'],
  ndjson: [],
  xlsx: ['lang', 'unit'],
  markdown: ['lang'],
};
const PARTICULAR = [...new Set(Object.values(OWN).flat())];

/** Adds to `Vary`. */
export function varyByFormat(reply: FastifyReply): FastifyReply {
  const others = reply.getHeader('vary');
  return reply.header('vary', [...(others ? [others] : []), 'Accept', 'Accept-Language'].join(', '));
}

/** Whether `Accept` requests JSON or anything. A format in the URL takes precedence. */
export function wantsJson({ headers: { accept }, raw }: FastifyRequest): boolean {
  if (accept === undefined || accept === '*/*' || accept === mediaTypes.json) return true;
  return new Negotiator(raw).mediaType(Object.values(mediaTypes)) === mediaTypes.json;
}

interface Asked<F extends Format> {
  format: F;
  language: Language;
}

/**
 * Determines the format and language of the response, and sets `Vary`.
 * @param formats those of the operation; the first is the default
 * @param shared parameters that all formats accept here, and only some elsewhere
 * @throws Problem 406 if the client accepts none of them, 422 for parameters that the format does not accept
 */
export function negotiate<F extends Format>(
  request: FastifyRequest,
  reply: FastifyReply,
  formats: readonly F[],
  shared: readonly string[] = [],
): Asked<F> {
  const query = request.query as Readonly<Record<string, unknown>>;
  varyByFormat(reply);
  const format = (query.format as F | undefined) ?? accepted(request, formats);
  refuse(uselessFor(format, query, shared));
  return { format, language: languageOf(request) };
}

/** A fault for each parameter that the format does not accept. */
export const uselessFor = (
  format: Format,
  query: Readonly<Record<string, unknown>>,
  shared: readonly string[] = [],
): Fault[] =>
  uselessNames(format, shared)
    .filter((name) => query[name] !== undefined)
    .map((parameter) => ({ parameter, code: 'not_for_format', values: { format } }));

const uselessNames = (format: Format, shared: readonly string[]): string[] =>
  PARTICULAR.filter((name) => !OWN[format].includes(name) && !shared.includes(name));

function accepted<F extends Format>(request: FastifyRequest, formats: readonly F[]): F {
  const wanted = new Negotiator(request.raw).mediaType(formats.map((format) => mediaTypes[format]));
  const format = formats.find((one) => mediaTypes[one] === wanted);
  if (!format) {
    const offered = formats.map((one) => mediaTypes[one]).join(', ');
    throw new Problem('request.not_acceptable', { values: { offered } });
  }
  return format;
}

interface FileKind {
  /** The end of the path. */
  extension: string;
  /** In the document. */
  name: string;
  /** Named, so that the linter can exempt it from length limits: files have none. */
  schema: z.ZodString;
}

const fileSchema = (id: string, description: string, more: object = {}) =>
  z.string().meta({ id, description, ...more });

/** The formats besides JSON. */
export const fileKinds: Record<Exclude<Format, 'json'>, FileKind> = {
  csv: {
    extension: 'csv',
    name: 'CSV',
    schema: fileSchema(
      'CsvFile',
      'A table with a heading row, BOM and CRLF; text that a spreadsheet would take for a formula has a leading apostrophe.',
    ),
  },
  ndjson: {
    extension: 'ndjson',
    name: 'NDJSON',
    schema: fileSchema(
      'NdjsonFile',
      'One object per line; the last line is `{"end":true,"count":…,"revision":…}`. Without it the file is incomplete.',
    ),
  },
  xlsx: {
    extension: 'xlsx',
    name: 'XLSX',
    schema: fileSchema('XlsxFile', 'A workbook with one sheet and a heading row.', { format: 'binary' }),
  },
  markdown: {
    extension: 'md',
    name: 'Markdown',
    schema: fileSchema('MarkdownText', 'A paragraph of text (CommonMark).'),
  },
};

/** The formats of an operation besides its first. Each has its own path, so that its response has one type. */
export interface Files {
  formats: readonly Exclude<Format, 'json'>[];
  /** Content of a file. */
  description: string;
  /** Parameters that all formats accept here, and only some elsewhere. */
  shared?: readonly string[];
}

/** Parameters that the document leaves out of an operation of one format: they are for others. */
export const undocumentedIn = (format: Format, shared: readonly string[] = []): string[] => [
  'format',
  ...uselessNames(format, shared),
];

/**
 * Adds a path for each format of a route besides its first: `/v1/projects.csv`. Call before registering routes.
 * @param filesOf the formats of a route, by its schema
 */
export function addFileRoutes(
  app: FastifyInstance,
  filesOf: (schema: unknown) => readonly FileRoute[],
): void {
  app.addHook(
    'onRoute',
    function (this: FastifyInstance, { method, url, config, onRequest, handler, schema }) {
      if (method !== 'GET') return;
      for (const { format, schema: ofFile } of filesOf(schema)) {
        this.route({
          method,
          url: `${url}.${fileKinds[format].extension}`,
          schema: ofFile,
          handler,
          ...(config && { config }),
          ...(onRequest && { onRequest }),
          preHandler: (request, _, done) => {
            const query = request.query as { format?: string };
            refuse(query.format === undefined ? [] : [{ parameter: 'format', code: 'unknown_parameter' }]);
            query.format = format;
            done();
          },
        });
      }
    },
  );
}
