/** Projects at the address that their code gives them. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { callerOf } from '../../access/authorize.ts';
import { resourceAnswer, sendResource } from '../../http/conditional.ts';
import type { AsKnown } from '../../http/known.ts';
import { NoQuery, operation } from '../../http/operation.ts';
import { requireExpected } from '../../http/replacing.ts';
import { sendAnswer } from '../../http/replayed.ts';
import { Project, ReadQuery, ReplacedProject } from './schema.ts';
import type { ProjectService } from './service.ts';

const Code = z.object({
  code: z.string().meta({ description: 'Code of the project.', examples: ['HYRD-2020-0001'] }),
});

export const projectByCodeRoutes =
  (projects: AsKnown<ProjectService>): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/projects/by-code/:code',
      {
        schema: operation({
          id: 'readProjectByCode',
          asKnown: 'records',
          access: 'read',
          tag: 'projects',
          summary: 'Read a project by its code',
          description: 'As by id: the same parameters, response, ETag and errors.',
          params: Code,
          query: ReadQuery,
          success: { description: 'The project.', schema: Project },
          problems: [404],
          conditional: true,
        }),
      },
      async (request, reply) => {
        const { asOf, archived = false } = request.query;
        const project = await projects(request).readByCode(request.params.code, asOf, archived);
        return sendResource(request, reply, project);
      },
    );

    app.put(
      '/v1/projects/by-code/:code',
      {
        config: { gathersFaults: true },
        schema: operation({
          id: 'putProjectByCode',
          access: 'edit',
          tag: 'projects',
          summary: 'Create or replace the project with a code',
          description:
            'A replacement, not a patch: fields left out become unknown. `If-None-Match: *` creates, `If-Match` replaces; one of them is needed, so repeating a request cannot do its work twice. Replacing a project by what it is changes nothing.',
          params: Code,
          query: NoQuery,
          body: ReplacedProject,
          success: { description: 'The project as it is now.', schema: Project },
          created: 'The project as recorded; its address by id is in `Location`.',
          problems: [409],
        }),
      },
      async (request, reply) => {
        const { project, isNew } = await projects(request).put(
          callerOf(request),
          request.params.code,
          requireExpected(request),
          request.body,
          request.faults,
        );
        const answer = isNew
          ? resourceAnswer(project, 201, `/v1/projects/${project.id}`)
          : resourceAnswer(project, 200);
        return sendAnswer(reply, answer);
      },
    );
  };
