import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import * as z from 'zod';
import type { Language } from '../../core/languages.ts';
import type { Answers, File } from '../../http/answers.ts';
import { slug } from '../../http/fields.ts';
import { contentLanguage, fileHeaders, fitForName } from '../../http/files.ts';
import { fileKinds, langField, negotiate } from '../../http/formats.ts';
import { mediaTypes } from '../../http/media-types.ts';
import { operation } from '../../http/operation.ts';
import { unitField } from '../../sheets/schema.ts';
import type { Unit } from '../../sheets/units.ts';
import type { CodeListService, CodeLists } from './code-lists.ts';

const TemplateQuery = z.strictObject({
  event: slug.optional().meta({
    description: 'Code of the only event that the sheet offers.',
    example: 'hyrd-2020',
  }),
  lang: langField,
  unit: unitField,
});

interface Asked {
  event: string | undefined;
  language: Language;
  unit: Unit;
}

const NAME = { zh: '项目导入模板', en: 'projects-template' };

/** The file name with the event; in Chinese with the event's name. */
async function fileOf(lists: CodeLists, { event, language, unit }: Asked, day: string): Promise<File> {
  const named = event === undefined ? undefined : lists.event[0];
  const name = (word: string, of: string | undefined) => (of ? `${word}-${fitForName(of)}` : word);
  const plain = name(NAME.en, named?.code);
  const shown = language === 'zh' ? name(NAME.zh, named?.name) : plain;
  // Loaded on demand, because it would slow down every start of the service.
  const { writeTemplate } = await import('./template.ts');
  return {
    headers: {
      ...fileHeaders('xlsx', 'utf-8', shown, plain),
      'content-language': contentLanguage(language),
    },
    content: await writeTemplate(lists, language, unit, day),
  };
}

export const templateRoutes =
  (codeLists: CodeListService, answers: Answers): FastifyPluginAsyncZod =>
  async (app) => {
    app.get(
      '/v1/imports/template',
      {
        schema: operation({
          id: 'readImportTemplate',
          access: 'read',
          tag: 'imports',
          summary: 'Download an empty sheet for projects',
          description:
            'A workbook for imports, with headings, a row that explains them, drop-downs of the existing codes, and validation of dates and amounts. The row that begins with `※` is ignored on import.',
          query: TemplateQuery,
          success: {
            description: 'The workbook.',
            type: mediaTypes.xlsx,
            schema: fileKinds.xlsx.schema,
          },
          problems: [406],
          conditional: true,
        }),
      },
      (request, reply) => {
        const { event, unit = 'yuan' } = request.query;
        const { language } = negotiate(request, reply, ['xlsx']);
        return answers.sendFile(
          request,
          reply,
          undefined,
          language,
          () => codeLists.read(event),
          (lists, _, day) => fileOf(lists as CodeLists, { event, language, unit }, day),
        );
      },
    );
  };
