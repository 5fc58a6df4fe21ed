import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { answerOnce, callerOf } from '../../access/authorize.ts';
import type { Answers } from '../../http/answers.ts';
import { asOfField } from '../../http/as-of.ts';
import { requireIfMatch, resourceAnswer, sendResource } from '../../http/conditional.ts';
import { formatField, langField, negotiate } from '../../http/formats.ts';
import type { AsKnown } from '../../http/known.ts';
import { MERGE_PATCH, NoQuery, operation } from '../../http/operation.ts';
import { linkToNext, type PageOf, pageFields, pageOf } from '../../http/pages.ts';
import { fieldsField } from '../../http/projection.ts';
import { refuseFields } from '../../http/validation.ts';
import type { ExportAnswers } from '../../sheets/exporting/answers.ts';
import { encodingField, unitField } from '../../sheets/schema.ts';
import { filterFields } from './filter.ts';
import { projectPageFields } from './lists.ts';
import { fundsSortKeys } from './repository.ts';
import {
  archivedField,
  FundsEntry,
  NewFundsEntry,
  NewProject,
  Project,
  ProjectChanges,
  ReadQuery,
} from './schema.ts';
import type { ProjectService } from './service.ts';

const Id = z.object({
  id: z.string().meta({
    description: 'Id of the project.',
    examples: ['0190a1b2-0000-7000-8000-000000000001'],
  }),
});

const formats = ['json', 'csv', 'ndjson', 'xlsx'] as const;

const ListQuery = z.strictObject({
  ...filterFields,
  asOf: asOfField,
  archived: archivedField,
  format: formatField(formats),
  lang: langField,
  unit: unitField,
  encoding: encodingField,
  ...projectPageFields,
  fields: fieldsField(Project),
});

const FundsQuery = z.strictObject({
  ...pageFields(fundsSortKeys, 'receivedOn'),
  fields: fieldsField(FundsEntry),
});

const ProjectPage = pageOf('ProjectPage', Project);
const FundsPage = pageOf('FundsPage', FundsEntry);

export const projectRoutes =
  (projects: AsKnown<ProjectService>, exports: ExportAnswers, answers: Answers): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/projects',
      {
        schema: operation({
          id: 'listProjects',
          asKnown: 'records',
          access: 'read',
          tag: 'projects',
          summary: 'List projects',
          description:
            'Keyset pagination: no project is skipped or repeated during concurrent writes. All parameters are combined with “and”.',
          query: ListQuery,
          success: {
            description: 'A page of projects.',
            schema: ProjectPage,
            files: {
              formats: ['csv', 'ndjson', 'xlsx'],
              description: 'All selected projects, from one snapshot.',
            },
          },
          conditional: true,
        }),
      },
      (request, reply) => {
        const { format, language } = negotiate(request, reply, formats);
        const { format: _, lang, limit, cursor, ...query } = request.query;
        if (format !== 'json') {
          const { asOf, unit = 'yuan', encoding, ...selecting } = query;
          const asked = { entity: 'projects', query: selecting, unit } as const;
          return exports.send(request, reply, asked, { format, language, asOf, encoding });
        }
        return answers.send(
          request,
          reply,
          query.asOf,
          (asOf) => projects(request).list({ ...query, limit, cursor }, asOf),
          (body) => linkToNext(request.url, body as PageOf<unknown>),
        );
      },
    );

    app.post(
      '/v1/projects',
      {
        config: { gathersFaults: true },
        schema: operation({
          id: 'createProject',
          retryable: true,
          access: 'edit',
          tag: 'projects',
          summary: 'Record a project',
          query: NoQuery,
          body: NewProject,
          success: { status: 201, description: 'The project as recorded.', schema: Project },
          problems: [409],
        }),
      },
      (request, reply) =>
        answerOnce(
          request,
          reply,
          (project: Project) => resourceAnswer(project, 201, `/v1/projects/${project.id}`),
          (caller) => projects(request).create(caller, request.body, request.faults),
        ),
    );

    app.get(
      '/v1/projects/:id',
      {
        schema: operation({
          id: 'readProject',
          asKnown: 'records',
          access: 'read',
          tag: 'projects',
          summary: 'Read a project',
          description:
            'With `asOf`, its status, funds and overdue flags as of that day; 404 before it was signed.',
          params: Id,
          query: ReadQuery,
          success: { description: 'The project.', schema: Project },
          problems: [404],
          conditional: true,
        }),
      },
      async (request, reply) => {
        const { asOf, archived = false } = request.query;
        return sendResource(request, reply, await projects(request).read(request.params.id, asOf, archived));
      },
    );

    app.patch(
      '/v1/projects/:id',
      {
        config: { gathersFaults: true },
        schema: operation({
          id: 'changeProject',
          access: 'edit',
          tag: 'projects',
          summary: 'Change a project',
          description: 'A merge patch (RFC 7396): absent fields stay, `null` clears.',
          params: Id,
          query: NoQuery,
          body: ProjectChanges,
          consumes: MERGE_PATCH,
          success: { description: 'The project as it is now.', schema: Project },
          guarded: true,
        }),
      },
      async (request, reply) => {
        const ifMatch = requireIfMatch(request);
        const project = await projects(request).change(
          callerOf(request),
          request.params.id,
          ifMatch,
          request.body,
          request.faults,
        );
        return sendResource(request, reply, project);
      },
    );

    app.delete(
      '/v1/projects/:id',
      {
        schema: operation({
          id: 'archiveProject',
          access: 'edit',
          tag: 'projects',
          summary: 'Archive a project that was entered by mistake',
          description:
            'An archived project is excluded from all lists and figures, for any day. It keeps its history and code and can be restored. For a contract that ended, set `terminatedOn` instead.',
          params: Id,
          query: NoQuery,
          success: { status: 204, description: 'Archived.' },
          guarded: true,
        }),
      },
      async (request, reply) => {
        await projects(request).archive(callerOf(request), request.params.id, requireIfMatch(request));
        return reply.code(204).send();
      },
    );

    app.post(
      '/v1/projects/:id/restore',
      {
        schema: operation({
          id: 'restoreProject',
          retryable: true,
          access: 'edit',
          tag: 'projects',
          summary: 'Restore an archived project',
          description: 'Returns it to lists and figures. Has no effect on a project that is not archived.',
          params: Id,
          query: NoQuery,
          success: { description: 'The project.', schema: Project },
          problems: [404, 413, 415],
        }),
      },
      async (request, reply) => {
        refuseFields(request.body);
        return answerOnce(
          request,
          reply,
          (project: Project) => resourceAnswer(project, 200),
          (caller) => projects(request).restore(caller, request.params.id),
        );
      },
    );

    app.get(
      '/v1/projects/:id/funds',
      {
        schema: operation({
          id: 'listFunds',
          asKnown: 'records',
          access: 'read',
          tag: 'projects',
          summary: 'List the funds in place of a project',
          params: Id,
          query: FundsQuery,
          success: { description: 'A page of the ledger.', schema: FundsPage },
          problems: [404],
          conditional: true,
        }),
      },
      (request, reply) =>
        answers.send(
          request,
          reply,
          undefined,
          () => projects(request).listFunds(request.params.id, request.query),
          (body) => linkToNext(request.url, body as PageOf<unknown>),
        ),
    );

    app.post(
      '/v1/projects/:id/funds',
      {
        config: { gathersFaults: true },
        schema: operation({
          id: 'addFunds',
          retryable: true,
          access: 'edit',
          tag: 'projects',
          summary: 'Add an entry to the ledger of funds in place',
          description:
            'Entries are never changed or deleted; a correction is a negative entry. The balance may not be negative on any day. The project gets a new version.',
          params: Id,
          query: NoQuery,
          body: NewFundsEntry,
          success: { status: 201, description: 'The entry.', schema: FundsEntry },
          problems: [404],
        }),
      },
      (request, reply) =>
        answerOnce(
          request,
          reply,
          (entry: FundsEntry) => resourceAnswer(entry, 201),
          (caller) => projects(request).addFunds(caller, request.params.id, request.body, request.faults),
        ),
    );
  };
