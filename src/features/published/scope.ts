/** The projects of a published figure: the project filter, written as a query string. */
import * as z from 'zod';
import { type Language, say } from '../../core/languages.ts';
import { soughtLine } from '../../http/fields.ts';
import { faults as messages } from '../../http/messages.ts';
import type { Fault } from '../../http/problems.ts';
import { faultsOfIssues } from '../../http/validation.ts';
import { filterFields, filterOf, type ProjectFilter, queryOf } from '../projects/filter.ts';

const filterSchema = z.strictObject(filterFields);

/** The parameters of a query string in the form of a request: repeated ones as a list. */
function parametersOf(text: string): Record<string, string | string[]> {
  const parameters: Record<string, string | string[]> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const given = parameters[name];
    parameters[name] = given === undefined ? value : [given, value].flat();
  }
  return parameters;
}

const parse = (text: string) => filterSchema.safeParse(parametersOf(text), { reportInput: true });

/** The filter of a stored text, which must have been validated by `filterText`. */
export const filterIn = (text: string | null): ProjectFilter =>
  text === null ? ({} as ProjectFilter) : filterOf(filterSchema.parse(parametersOf(text)));

/** The complete filter of a figure. */
export const scopeOf = (figure: { event: string | null; filter: string | null }): ProjectFilter => ({
  ...(figure.event !== null && { event: [figure.event] }),
  ...filterIn(figure.filter),
});

const inWords = (faults: readonly Fault[], language: Language): string =>
  faults
    .map(({ pointer = '', code, values }) => {
      const [, name] = pointer.split('/');
      return `${name} ${say(messages[code], language, values)}`;
    })
    .join('; ');

/** A project filter as a query string without the question mark; the result is in canonical form. */
export const filterText = soughtLine(2_000)
  .superRefine((text, context) => {
    const parsed = parse(text);
    if (parsed.success && Object.keys(filterOf(parsed.data)).length > 0) return;
    if (parsed.success) {
      context.addIssue({ code: 'custom', message: 'empty', input: text, continue: false });
      return;
    }
    const faults = faultsOfIssues(parsed.error.issues);
    const unknown = faults.filter(({ code }) => code === 'unknown_field' || code === 'read_only');
    const bad = faults.filter((fault) => !unknown.includes(fault));
    const refuse = (message: string, params: object) =>
      context.addIssue({ code: 'custom', message, params, input: text, continue: false });
    if (unknown.length > 0) {
      const parameters = unknown.map(({ pointer = '' }) => pointer.slice(1)).join(', ');
      refuse('unknown_filter_parameter', { parameters });
    }
    if (bad.length > 0) {
      refuse('bad_filter_parameter', { reasons: { en: inWords(bad, 'en'), zh: inWords(bad, 'zh') } });
    }
  })
  .overwrite((text) => {
    const parsed = parse(text);
    return parsed.success ? queryOf(filterOf(parsed.data)) : text;
  });
