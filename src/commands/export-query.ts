/** Options of `luodi export`: the parameters of the list, with the same validation. */
import * as z from 'zod';
import type { Clock } from '../core/clock.ts';
import { DEFAULT_SORT, sortNames } from '../features/projects/batches.ts';
import type { ProjectsAsked } from '../features/projects/exported.ts';
import { filterFields } from '../features/projects/filter.ts';
import { asOfField } from '../http/as-of.ts';
import { flag } from '../http/fields.ts';
import { langField, uselessFor } from '../http/formats.ts';
import { sortField } from '../http/pages.ts';
import { invalid, type Problem } from '../http/problems.ts';
import { checkQuery } from '../http/validation.ts';
import type { Shape } from '../sheets/exporting/exported.ts';
import { encodingField, unitField } from '../sheets/schema.ts';

const ExportQuery = z.strictObject({
  ...filterFields,
  asOf: asOfField,
  archived: flag,
  sort: sortField(sortNames, DEFAULT_SORT),
  format: z.enum(['csv', 'xlsx', 'ndjson']),
  lang: langField,
  unit: unitField,
  encoding: encodingField,
});

/** The parameters with their own option; all others are given as `--filter`. */
const OPTIONS: Readonly<Record<string, string>> = {
  format: '--format',
  archived: '--archived',
  asOf: '--as-of',
  sort: '--sort',
  lang: '--lang',
  unit: '--unit',
  encoding: '--encoding',
};

/** The option of a parameter, if it has its own. */
export const optionOf = (parameter: string): string | undefined => OPTIONS[parameter];

/** The faults with the names of options instead of parameters. */
const inOptions = ({ details: { faults = [] } }: Problem): Problem =>
  invalid(
    faults.map(({ parameter = '', ...fault }) => ({
      ...fault,
      parameter: optionOf(parameter) ?? `--filter ${parameter}`,
    })),
  );

/**
 * @param given the parameters as texts, repeated ones as lists
 * @throws Problem 422 naming each invalid option
 */
export function exportRequest(given: Readonly<Record<string, unknown>>, clock: Clock): ProjectsAsked & Shape {
  const checked = checkQuery(ExportQuery, given, clock);
  if ('error' in checked) throw inOptions(checked.error);
  const { format, asOf, lang, unit, encoding, ...query } = checked.value;
  const useless = uselessFor(format, checked.value);
  if (useless.length > 0) throw inOptions(invalid(useless));
  return {
    entity: 'projects',
    query,
    format,
    asOf: asOf ?? clock.today(),
    language: lang ?? 'en',
    unit: unit ?? 'yuan',
    encoding: encoding ?? 'utf-8',
    watched: true,
  };
}
