/** The routes of any catalogue. */
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { answerOnce, callerOf } from '../access/authorize.ts';
import { nouns } from '../core/entities.ts';
import type { Answers } from '../http/answers.ts';
import { requireIfMatch, resourceAnswer, secretAnswer, sendResource } from '../http/conditional.ts';
import { searchField } from '../http/fields.ts';
import { formatField, langField, negotiate } from '../http/formats.ts';
import { inPascalCase, pluralOf } from '../http/nouns.ts';
import { MERGE_PATCH, NoQuery, operation } from '../http/operation.ts';
import { linkToNext, type PageOf, pageFields, pageOf } from '../http/pages.ts';
import { fieldsField } from '../http/projection.ts';
import type { Encoding } from '../sheets/csv.ts';
import type { ExportAnswers } from '../sheets/exporting/answers.ts';
import { encodingField } from '../sheets/schema.ts';
import { type Catalogue, type Entry, placeOf } from './catalogue.ts';
import type { EntriesAsked } from './exported.ts';
import { type EntryQuery, sortKeysOf } from './lists.ts';
import type { CatalogueService } from './service.ts';

/** Gets the service of a catalogue for a request, for one parent if its entries are nested. */
type ServiceOf = (request: FastifyRequest, parent: string | undefined) => CatalogueService;

/** The parameters common to all lists. */
type ListParameters = EntryQuery & { asOf?: string; format?: string; lang?: string; encoding?: Encoding };

/** A new entry with what is shown once. */
function createdOf(item: z.ZodObject, name: string, fields: z.ZodRawShape): z.ZodObject {
  const secrets = Object.fromEntries(
    Object.entries(fields).map(([field, schema]) => {
      const [example] = ((schema as z.ZodType).meta()?.examples ?? []) as unknown[];
      return [field, example];
    }),
  );
  const examples = ((item.meta()?.examples ?? []) as Entry[]).map((entry) => ({ ...entry, ...secrets }));
  return item.extend(fields).meta({ id: `Created${name}`, examples });
}

const formats = ['json', 'csv', 'ndjson', 'xlsx'] as const;

export const catalogueRoutes =
  (
    catalogue: Catalogue,
    serviceOf: ServiceOf,
    exports: ExportAnswers,
    answers: Answers,
  ): FastifyPluginAsyncZod =>
  async (app) => {
    const { item, create, changes, under } = catalogue;
    const { path, key, tag } = placeOf(catalogue);
    const noun = nouns[catalogue.entity].en;
    const plural = pluralOf(noun);
    const a = /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`;
    const Name = inPascalCase(noun);
    const writers = catalogue.editors ? 'edit' : 'administer';
    const { readers = 'read', shownOnce } = catalogue;
    const created = shownOnce ? createdOf(item, Name, shownOnce.fields) : item;

    const forAdministrators = catalogue.inEveryRegion
      ? ` Figures of every region depend on \`${catalogue.inEveryRegion.join('`, `')}\`: a key restricted to regions may not change them.`
      : '';

    const [example] = (item.meta()?.examples ?? []) as Entry[];
    const Parent = z.object(
      under && {
        id: z.string().meta({
          description: `The id of the ${nouns[under.entity].en}.`,
          examples: [example?.[under.field]],
        }),
      },
    );
    const Key = Parent.extend({
      [key]: z.string().meta({
        description: `The ${catalogue.key} of the ${noun}.`,
        examples: [example?.[catalogue.key]],
      }),
    });
    const keyOf = (params: unknown): string => (params as Record<string, string>)[key] as string;
    const serviceFor = (request: FastifyRequest): CatalogueService =>
      serviceOf(request, under && (request.params as { id: string }).id);
    const ofParent = under && { params: Parent, problems: [404] as const };

    const addressOf = (entry: Entry): string =>
      `${under ? path.replace(':id', String(entry[under.field])) : path}/${entry[catalogue.key]}`;

    const ListQuery = z.strictObject({
      ...catalogue.filters,
      ...Object.fromEntries(
        Object.entries(catalogue.conditions ?? {}).map(([name, { schema }]) => [name, schema]),
      ),
      ...(catalogue.searchable && {
        q: searchField('the names', '半导体').optional(),
      }),
      ...(catalogue.sheet && { format: formatField(formats), lang: langField, encoding: encodingField }),
      ...pageFields(sortKeysOf(catalogue), catalogue.sort ?? catalogue.key),
      fields: fieldsField(item),
    });

    app.get(
      path,
      {
        schema: operation({
          id: `list${inPascalCase(plural)}`,
          asKnown: 'records',
          access: readers,
          tag,
          summary: `List ${plural}`,
          ...ofParent,
          query: ListQuery,
          success: {
            description: 'A page.',
            schema: pageOf(`${Name}Page`, item),
            ...(catalogue.sheet && {
              files: {
                formats: ['csv', 'ndjson', 'xlsx'],
                description:
                  'All selected records, from one snapshot; the columns are those that imports read.',
              },
            }),
          },
          conditional: true,
        }),
      },
      (request, reply) => {
        const { format: _, lang, encoding, ...query } = request.query as ListParameters;
        const asked = catalogue.sheet && negotiate(request, reply, formats);
        if (asked && asked.format !== 'json') {
          const { id: parent = '' } = request.params as { id?: string };
          const { format, language } = asked;
          const shape = { format, language, asOf: query.asOf, encoding };
          const list: EntriesAsked = { entity: catalogue.entity, query, parent };
          return exports.send(request, reply, list, shape);
        }
        return answers.send(
          request,
          reply,
          query.asOf,
          () => serviceFor(request).list(query),
          (body) => linkToNext(request.url, body as PageOf<unknown>),
        );
      },
    );

    app.post(
      path,
      {
        config: { gathersFaults: true, ...(shownOnce && { showsSecret: true }) },
        schema: operation({
          // A secret is not kept for a second response.
          retryable: !shownOnce,
          id: `create${Name}`,
          access: writers,
          tag,
          summary: `Add ${a}`,
          ...ofParent,
          query: NoQuery,
          body: create,
          success: { status: 201, description: `The ${noun} as recorded.`, schema: created },
          problems: under ? [404, 409] : [409],
        }),
      },
      (request, reply) =>
        answerOnce(
          request,
          reply,
          (entry: Entry) =>
            shownOnce
              ? secretAnswer(entry, 201, addressOf(entry))
              : resourceAnswer(entry, 201, addressOf(entry)),
          (caller) => serviceFor(request).create(caller, request.body, request.faults),
        ),
    );

    app.get(
      `${path}/:${key}`,
      {
        schema: operation({
          id: `read${Name}`,
          asKnown: 'records',
          access: readers,
          tag,
          summary: `Read ${a}`,
          params: Key,
          query: z.strictObject({ fields: fieldsField(item) }),
          success: { description: `The ${noun}.`, schema: item },
          problems: [404],
          conditional: true,
        }),
      },
      async (request, reply) =>
        sendResource(request, reply, await serviceFor(request).read(keyOf(request.params))),
    );

    app.patch(
      `${path}/:${key}`,
      {
        config: { gathersFaults: true },
        schema: operation({
          id: `change${Name}`,
          access: writers,
          tag,
          summary: `Change ${a}`,
          description: `A merge patch (RFC 7396): what is absent stays, \`null\` clears.${forAdministrators}`,
          params: Key,
          query: NoQuery,
          body: changes,
          consumes: MERGE_PATCH,
          success: { description: `The ${noun} as it is now.`, schema: item },
          guarded: true,
          problems: [409],
        }),
      },
      async (request, reply) => {
        const ifMatch = requireIfMatch(request);
        const key = keyOf(request.params);
        const entry = await serviceFor(request).change(
          callerOf(request),
          key,
          ifMatch,
          request.body,
          request.faults,
        );
        return sendResource(request, reply, entry);
      },
    );

    app.delete(
      `${path}/:${key}`,
      {
        schema: operation({
          id: `delete${Name}`,
          access: writers,
          tag,
          summary: `Delete ${a}`,
          description: `Refused while something refers to the ${noun}.`,
          params: Key,
          query: NoQuery,
          success: { status: 204, description: 'Deleted.' },
          guarded: true,
          problems: [409],
        }),
      },
      async (request, reply) => {
        await serviceFor(request).remove(callerOf(request), keyOf(request.params), requireIfMatch(request));
        return reply.code(204).send();
      },
    );
  };
