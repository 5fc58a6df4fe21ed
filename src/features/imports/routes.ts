import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { callerOf } from '../../access/authorize.ts';
import { ARRIVAL_MS, allowArrival } from '../../http/arrival.ts';
import { etagOf, isFresh, REVALIDATE, sendResource } from '../../http/conditional.ts';
import { contentLanguage, fileHeaders, sendStream } from '../../http/files.ts';
import { fileKinds, formatField, langField, negotiate } from '../../http/formats.ts';
import { retryOf } from '../../http/idempotency.ts';
import { mediaTypes, type ReadFormat, readTypes } from '../../http/media-types.ts';
import { withFile } from '../../http/multipart.ts';
import { NoQuery, operation } from '../../http/operation.ts';
import { linkToNext, type PageOf, pageFields, pageOf } from '../../http/pages.ts';
import { prefersAsync } from '../../http/preferences.ts';
import { type Fault, languageOf, Problem, refuse, unsupportedMediaType } from '../../http/problems.ts';
import { Replayed } from '../../http/replayed.ts';
import { checked, refuseFields } from '../../http/validation.ts';
import type { Encoding } from '../../sheets/csv.ts';
import { writeSheet } from '../../sheets/sheet-file.ts';
import { faultSheet } from './fault-sheet.ts';
import type { ImportLimits } from './limits.ts';
import { importSortKeys } from './repository.ts';
import { fileFormats, Import, ImportQuery } from './schema.ts';
import type { ImportService } from './service.ts';

const Id = z.object({
  id: z.string().meta({
    description: 'Id of the import.',
    examples: ['0190a1b2-0000-7000-8000-000000000009'],
  }),
});

const FORM = 'multipart/form-data';
const UNKNOWN = 'application/octet-stream';
const FILES = [...Object.values(readTypes), UNKNOWN];
const takes = [...FILES, FORM];

/** A form has a path of its own, so that each operation has bodies of one kind; the other one takes forms as well. */
const FORM_PATH = '/v1/imports/form';
const intakes = [
  {
    path: '/v1/imports',
    id: 'createImport',
    summary: 'Import a file, or preview it',
    takes,
    documented: FILES,
    note: 'The body is the file.',
  },
  {
    path: FORM_PATH,
    id: 'createImportFromForm',
    summary: 'Import a file from a form, or preview it',
    takes: [FORM],
    documented: [FORM],
    note: 'The body is a form with the file; `mapping` may be a field of it instead of a parameter.',
  },
];

const FormFields = ImportQuery.pick({ mapping: true });
const ListQuery = z.strictObject({ ...pageFields(importSortKeys, '-createdAt'), lang: langField });
const ReadQuery = z.strictObject({ lang: langField });
const FaultsQuery = z.strictObject({ format: formatField(['csv', 'xlsx']), lang: langField });

/**
 * Values of `charset` in `Content-Type`: names of GB 18030 and its subsets. UTF-16 is detected by its byte
 * order mark.
 */
const CHARSETS: Readonly<Record<string, Encoding | undefined>> = {
  '': undefined,
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  gb18030: 'gb18030',
  gbk: 'gb18030',
  gb2312: 'gb18030',
  'utf-16': undefined,
  'utf-16le': undefined,
};
const TEXTS: readonly string[] = [readTypes.csv, readTypes.ndjson, readTypes.json];

const typeOf = (header: string): string => header.split(';')[0]?.trim().toLowerCase() ?? '';

const formatOf = (type: string): ReadFormat | null =>
  fileFormats.find((name) => readTypes[name] === type) ?? null;

/** The media type and encoding in the headers of a file. @throws Problem 415 if unsupported */
function announced(
  request: FastifyRequest,
  accepted: readonly string[],
): { type: string; encoding: Encoding | undefined } {
  const header = request.headers['content-type'] ?? '';
  const type = typeOf(header);
  if (!accepted.includes(type)) throw unsupportedMediaType(request);
  if (!TEXTS.includes(type)) return { type, encoding: undefined };
  const [, charset = ''] = /;\s*charset\s*=\s*"?([^;"\s]+)/i.exec(header) ?? [];
  if (!Object.hasOwn(CHARSETS, charset.toLowerCase())) {
    throw unsupportedMediaType(request, `${type}; charset=utf-8, ${type}; charset=gb18030`);
  }
  return { type, encoding: CHARSETS[charset.toLowerCase()] };
}

/** A mapping in a form has the same rules as in the URL, and does not contradict it. */
function faultsOfForm({ mapping }: Readonly<Record<string, string>>, given: string | undefined): Fault[] {
  if (mapping === undefined) return [];
  const { faults } = checked(FormFields, { mapping });
  if (faults.length > 0 || given === undefined || given === mapping) return faults;
  return [{ pointer: '/mapping', code: 'given_twice' }];
}

export const importRoutes =
  (imports: ImportService, limits: ImportLimits): FastifyPluginAsyncZod =>
  async (app) => {
    /** Receives the file of a request. */
    async function receive(request: FastifyRequest, type: string) {
      const { filename, format } = request.query as ImportQuery;
      const body = request.body as Readable;
      const about = (name: string | null, of: string) => ({
        name: filename ?? name,
        format: format ?? formatOf(of),
      });
      const caller = callerOf(request);
      const { 'content-length': length } = request.headers;
      const announced = length === undefined ? undefined : Number(length);
      allowArrival(request, limits.uploadMs, { bytes: limits.leastBytes, withinMs: limits.leastWithinMs });
      try {
        if (type !== FORM) {
          return { ...(await imports.receive(caller, body, about(null, type), announced)), fields: {} };
        }
        const { taken, fields } = await withFile(
          request,
          body,
          ['mapping'],
          (file, { name, type: own }) => imports.receive(caller, file, about(name, typeOf(own)), announced),
          ({ id }) => imports.discard(id),
        );
        return { ...taken, fields };
      } catch (error) {
        // The client has disconnected; this is not an error of the service.
        if (body.destroyed && !body.readableEnded) {
          throw new Problem('request.malformed', { values: { reason: 'body' } });
        }
        // Clients read the response only after sending the whole file, so the rest is discarded.
        allowArrival(request, ARRIVAL_MS);
        body.resume();
        throw error;
      }
    }

    app.register(async (intake: typeof app) => {
      // Files are streamed; bodies of other media types are refused in the handler.
      intake.removeAllContentTypeParsers();
      intake.addContentTypeParser('*', (_, payload, done) => done(null, payload));
      for (const { path, id: operationId, summary, takes: accepted, documented, note } of intakes) {
        intake.post(
          path,
          {
            handlerTimeout: limits.uploadMs + ARRIVAL_MS + limits.answeredMs,
            config: { takes: accepted.join(', ') },
            schema: operation({
              id: operationId,
              retryable: true,
              access: 'edit',
              tag: 'imports',
              summary,
              description: `${note} Rows are matched by code: new ones are created, known ones updated in the columns of the file, unchanged ones skipped. \`preview\` writes nothing. \`commit\` writes all rows, or none if one is faulty (\`partial\` writes the others); it needs an \`Idempotency-Key\`. For a file of more than 5 MB, or with \`Prefer: respond-async\`, the response is 202 and the import continues: \`GET\` its \`Location\`. Up to 100,000 rows are written in one transaction, more in slices of 50,000, each in one transaction.`,
              query: ImportQuery,
              takes: documented,
              success: { description: 'What the file would do, or did.', schema: Import },
              accepted: 'The file was received; the import continues.',
              problems: [404, 409, 413, 415, 428, 507],
            }),
          },
          async (request, reply) => {
            const { mapping: given, lang: _, filename: __, ...asked } = request.query;
            if (asked.mode === 'commit' && request.headers['idempotency-key'] === undefined) {
              throw new Problem('imports.key_required');
            }
            const { type, encoding } = announced(request, accepted);
            const caller = callerOf(request);
            await imports.expectAllowed(caller, { ...asked, mapping: given });
            const { id, upload, fields } = await receive(request, type);
            const faults = faultsOfForm(fields, given);
            if (faults.length > 0) {
              await imports.discard(id);
              refuse(faults);
            }
            const mapping = fields.mapping ?? given;
            request.bodyDigest = [upload.digest, fields.mapping].join(' ').trimEnd();
            const retry = retryOf(request, (begun: string) => ({
              status: 202,
              headers: { location: `/v1/imports/${begun}` },
              body: JSON.stringify({ id: begun }),
            }));
            let begun = id;
            try {
              const wanted = { ...asked, encoding: asked.encoding ?? encoding, mapping };
              await imports.begin({ ...caller, retry }, wanted, id, upload);
            } catch (error) {
              if (!(error instanceof Replayed)) throw error;
              begun = JSON.parse(error.answer.body).id;
              reply.header('idempotency-replayed', 'true');
            }
            return answer(request, reply, begun, upload.bytes);
          },
        );
      }
    });

    /** Responds with an import: its result if it finishes soon, otherwise its current state. */
    async function answer(request: FastifyRequest, reply: FastifyReply, id: string, bytes: number) {
      const atOnce = prefersAsync(request);
      const isOver =
        bytes <= limits.answeredBytes && !atOnce && (await imports.settled(id, limits.answeredMs));
      reply.header('location', `/v1/imports/${id}`);
      if (atOnce) reply.header('preference-applied', 'respond-async');
      const problem = isOver ? await imports.problemOf(id) : null;
      if (problem) throw problem;
      const shown = await imports.read(callerOf(request), id, languageOf(request));
      return reply
        .code(isOver ? 200 : 202)
        .headers({ 'cache-control': 'no-store' })
        .type('application/json; charset=utf-8')
        .send(JSON.stringify(shown));
    }

    app.get(
      '/v1/imports',
      {
        schema: operation({
          id: 'listImports',
          access: 'edit',
          tag: 'imports',
          summary: 'List imports',
          description:
            'Imports sent by this key; for an administrator, all. They are kept for seven days. Changes and faults are in the single imports, not in the list.',
          query: ListQuery,
          success: { description: 'A page, the latest first.', schema: pageOf('ImportPage', Import) },
          conditional: true,
        }),
      },
      async (request, reply) => {
        const { lang: _, ...query } = request.query;
        const { body } = await imports.list(callerOf(request), query, languageOf(request));
        reply.headers(linkToNext(request.url, body as PageOf<unknown>));
        return sendResource(request, reply, body);
      },
    );

    app.get(
      '/v1/imports/:id',
      {
        schema: operation({
          id: 'readImport',
          access: 'edit',
          tag: 'imports',
          summary: 'Read the progress and result of an import',
          params: Id,
          query: ReadQuery,
          success: { description: 'The import.', schema: Import },
          problems: [404],
          conditional: true,
        }),
      },
      async (request, reply) =>
        sendResource(
          request,
          reply,
          await imports.read(callerOf(request), request.params.id, languageOf(request)),
        ),
    );

    app.get(
      '/v1/imports/:id/faults',
      {
        schema: operation({
          id: 'readImportFaults',
          access: 'edit',
          tag: 'imports',
          summary: 'Get the faults of an import as a sheet',
          params: Id,
          query: FaultsQuery,
          success: {
            description:
              'One fault per row, up to 10,000: worksheet, row, column, heading, value, and the problem. Below them, the number of further faults by code.',
            schema: fileKinds.csv.schema,
            type: mediaTypes.csv,
            files: { formats: ['xlsx'], description: 'The faults, one per row, as a workbook.' },
          },
          problems: [404],
          conditional: true,
        }),
      },
      async (request, reply) => {
        const { format, language } = negotiate(request, reply, ['csv', 'xlsx'] as const);
        const { id } = request.params;
        const { status, faultCount } = await imports.read(callerOf(request), id, language);
        const etag = etagOf([id, status, faultCount, format, language].join());
        reply.headers({ etag, 'cache-control': REVALIDATE });
        if (isFresh(request, etag)) return reply.code(304).send();
        const sheet = faultSheet(await imports.allFaults(id), language);
        const name = `faults-${id}`;
        reply.headers({
          ...fileHeaders(format, 'utf-8', name, name),
          'content-language': contentLanguage(language),
        });
        return sendStream(reply, writeSheet(sheet, format));
      },
    );

    app.post(
      '/v1/imports/:id/cancel',
      {
        schema: operation({
          id: 'cancelImport',
          access: 'edit',
          tag: 'imports',
          summary: 'Cancel a running import',
          description: 'Completed transactions stay; an unfinished one is rolled back.',
          params: Id,
          query: NoQuery,
          success: { description: 'The import in its final state.', schema: Import },
          problems: [404, 409, 413, 415],
        }),
      },
      async (request, reply) => {
        refuseFields(request.body);
        const { id } = request.params;
        await imports.cancel(callerOf(request), id);
        return sendResource(request, reply, await imports.read(callerOf(request), id, languageOf(request)));
      },
    );
  };

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Media types of a file as request body, for error messages. */
    takes?: string;
  }
}
