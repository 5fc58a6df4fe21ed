/** Options of `luodi import`, validated like a request. */
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type * as z from 'zod';
import type { Clock } from '../core/clock.ts';
import type { Language } from '../core/languages.ts';
import { StartupError } from '../core/startup-error.ts';
import { rootMessage } from '../database/errors.ts';
import { Mapping } from '../features/imports/importable.ts';
import { ImportQuery } from '../features/imports/schema.ts';
import type { Asked } from '../features/imports/service.ts';
import { invalid } from '../http/problems.ts';
import { checkQuery, faultsOfIssues } from '../http/validation.ts';

/** The options as parsed from the command line. */
export interface ImportOptions {
  preview?: boolean;
  partial?: boolean;
  entity?: string;
  mapping?: string;
  lang?: string;
  unit?: string;
  days?: string;
  encoding?: string;
  empty?: string;
  createEnterprises?: boolean;
}

const CommandQuery = ImportQuery.omit({ mapping: true, format: true, filename: true });

const optionOf = (parameter: string): string =>
  `--${parameter.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** @throws Problem 422 naming each invalid option */
export function checkedOptions<T>(schema: z.ZodType<T>, given: object, clock: Clock): T {
  const checked = checkQuery(schema, given, clock);
  if (!('error' in checked)) return checked.value;
  const { faults = [] } = checked.error.details;
  throw invalid(faults.map(({ parameter = '', ...fault }) => ({ ...fault, parameter: optionOf(parameter) })));
}

/** @throws StartupError if the file is not JSON; Problem 422 naming each invalid part of it */
function mappingIn(file: string): Mapping {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new StartupError(`--mapping ${file} cannot be read: ${rootMessage(error)}`);
  }
  const parsed = Mapping.safeParse(json, { reportInput: true });
  if (!parsed.success) throw invalid(faultsOfIssues(parsed.error.issues));
  return parsed.data;
}

/**
 * @returns the request to the import service, and the language of messages
 * @throws Problem 422 naming each invalid option; StartupError if a mapping cannot be read
 */
export function importOptions(
  { preview = false, partial, createEnterprises, mapping, ...texts }: ImportOptions,
  clock: Clock,
): { asked: Asked; language: Language } {
  const given = {
    ...texts,
    mode: preview ? 'preview' : 'commit',
    ...(partial && { partial: 'true' }),
    ...(createEnterprises && { createEnterprises: 'true' }),
  };
  const { lang = 'en', ...asked } = checkedOptions(CommandQuery, given, clock);
  const isFile = mapping !== undefined && extname(mapping) === '.json';
  return { asked: { ...asked, mapping: isFile ? mappingIn(mapping) : mapping }, language: lang };
}
