/**
 * The field types of bodies and queries: strict, bounded, and the same everywhere. Query fields use `example`, not
 * `examples`, because zod drops the latter when it converts a parameter.
 */
import * as z from 'zod';
import { MAX_WORDS, wordsOf } from '../database/text-index.ts';
import { type Found, hiddenIn, isSeen, unplainIn } from './hidden-characters.ts';
import type { FaultCode } from './messages.ts';

/** A schema's own error is a fault code; `validation.ts` looks it up. */
const fault = (code: FaultCode): FaultCode => code;

/**
 * Refuses the first character that is found, and names it.
 * @param isLast whether the rules after it then do not apply
 */
const without = (
  schema: z.ZodString,
  find: (value: string) => Found | undefined,
  error: FaultCode,
  isLast = true,
) =>
  schema.superRefine((value, context) => {
    const params = find(value);
    if (params) {
      const issue = { code: 'custom', message: fault(error), params, input: value } as const;
      context.addIssue({ ...issue, continue: !isLast });
    }
  });

/** One line of text, with tabs and line breaks if allowed. */
const plain = (allowLines = false, isLast = true) =>
  without(z.string(), (value) => unplainIn(value, allowLines), 'not_plain_text', isLast);

/** For names and codes. */
export const legible = (schema: z.ZodString) => without(schema, hiddenIn, 'hidden_character');

/** One line of text, such as a name: NFC, trimmed, not empty, without invisible characters. */
export const line = (max: number) =>
  legible(plain())
    .normalize('NFC')
    .trim()
    .min(1, { error: fault('empty'), abort: true })
    .refine(isSeen, { error: fault('shows_nothing') })
    .max(max);

/** One line of text to search for elsewhere; unlike `line`, any characters may occur in it. */
export const soughtLine = (max: number) =>
  plain()
    .normalize('NFC')
    .trim()
    .min(1, { error: fault('empty') })
    .max(max);

/** Words to search for. @param where what is searched, in English, for the document */
export const searchField = (where: string, example: string) =>
  soughtLine(200)
    .refine((q) => wordsOf(q).length > 0, { error: fault('empty') })
    .refine((q) => wordsOf(q).length <= MAX_WORDS, { error: 'too_many_words', params: { max: MAX_WORDS } })
    .meta({
      description: `Words that must all occur somewhere in ${where}; up to ${MAX_WORDS}, Chinese of any length. Width, case and compatibility forms are ignored.`,
      example,
    });
/** A code that matches a pattern. */
export const codeOf = (form: RegExp, error: FaultCode) => legible(z.string()).regex(form, { error });

/** Text that may have line breaks. */
export const paragraph = (max: number) =>
  plain(true)
    .normalize('NFC')
    .trim()
    .min(1, { error: fault('empty') })
    .max(max);

/** Text that a cell of a sheet can contain unchanged. */
export const cellText = (max: number) => plain(true, false).max(max);

/** A calendar day that exists, from 1900 on. */
export const day = z.iso
  .date({ error: fault('not_a_day'), abort: true })
  .refine((value) => value >= '1900-01-01', { error: fault('before_1900') })
  .meta({ examples: ['2020-06-29'] });

/** A timestamp with offset, converted to UTC with milliseconds, so that timestamps compare as text. */
export const instant = z.iso
  .datetime({ error: fault('not_an_instant'), offset: true, abort: true })
  // An offset can move the year out of the four digits that compare as text.
  .refine((value) => new Date(value).toISOString().length === 24, {
    error: fault('not_an_instant'),
    abort: true,
  })
  .overwrite((value) => new Date(value).toISOString())
  .meta({ examples: ['2022-08-31T16:00:00Z'] });

/** A thousand billion yuan, the largest amount. */
export const MAX_YUAN = 1_000_000_000_000;

/** Whole yuan, from `min` to the largest amount. */
export const yuan = (min: number) => z.int().min(min).max(MAX_YUAN);

export const uuid = z.guid({ error: fault('not_an_id') }).toLowerCase();

/** A project's code. */
export const code = codeOf(/^[A-Za-z0-9._-]{1,64}$/, 'not_a_code');

/** The code of an event or a zone: fit for a URL, and not the filter's word for "without one". */
export const slug = codeOf(/^(?!none$)[a-z0-9][a-z0-9-]{0,63}$/, 'not_a_slug');

export const regionCode = codeOf(/^[1-9]\d{5}$/, 'not_a_region').meta({ examples: ['430100'] });

export const industryCode = codeOf(/^([A-Z]|\d{2})$/, 'not_an_industry').meta({ examples: ['39'] });

export const year = z.int().min(1900).max(2999);

/** A path with its query, relative to the service. */
export const link = z.string().meta({ format: 'uri-reference' });

/** Links by their names, each of which may be left out. */
export const linksNamed = <Name extends string>(names: readonly Name[]) =>
  z.object(
    Object.fromEntries(names.map((name) => [name, link.optional()])) as Record<
      Name,
      z.ZodOptional<typeof link>
    >,
  );

/** The codes of a table of data, for a schema. */
export const codesOf = <C extends string>(rows: readonly { code: C }[]) =>
  rows.map(({ code }) => code) as [C, ...C[]];

/** A query parameter that may be repeated or list its values with commas: any of them. */
export const listOf = <T extends z.ZodType>(item: T, max = 100) =>
  z.preprocess(
    (given) => (given === undefined ? undefined : [given].flat().flatMap((part) => splitList(part))),
    z.array(item).min(1).max(max).optional(),
  );

const splitList = (part: unknown): unknown[] =>
  typeof part === 'string' ? part.split(',').map((item) => item.trim()) : [part];

const strictBoolean = (given: unknown) => (given === 'true' ? true : given === 'false' ? false : given);

/** A query parameter `true` or `false`. */
export const flag = z.preprocess(strictBoolean, z.boolean().optional());

/** As `flag`, but it may be given several times and then must hold each time. */
export const flags = z.preprocess(
  (given) => (given === undefined ? undefined : [given].flat().map(strictBoolean)),
  z.array(z.boolean()).min(1).max(4).optional(),
);

/** A whole number in a query, in decimal digits only. */
export const integerText = <T extends z.ZodType>(schema: T) =>
  z.preprocess(
    (given) => (typeof given === 'string' && /^\d{1,16}$/.test(given) ? Number(given) : given),
    schema,
  );
