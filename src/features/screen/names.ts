/** The names that the page at `/` shows and no statistic contains: of fields, codes and resources. */
import { nouns } from '../../core/entities.ts';
import type { Message } from '../../core/languages.ts';
import type { Names } from '../../core/names.ts';
import { codesOf } from '../../http/fields.ts';
import type { Column } from '../../sheets/columns.ts';
import { tables } from '../imports/importable.ts';
import { investmentBands } from '../projects/classes.ts';
import { levelNames, statusNames } from '../projects/names.ts';
import { comparators } from '../published/agreement.ts';
import { units } from '../published/units.ts';

const fieldNames = (columns: readonly Column[]): Record<string, Message> =>
  Object.fromEntries(columns.map(({ field, zh, en }) => [field, { zh, en }]));

const messagesOf = (rows: Readonly<Record<string, Message>>): Record<string, Message> =>
  Object.fromEntries(Object.entries(rows).map(([key, { zh, en }]) => [key, { zh, en }]));

const codeNames = (names: Names): Record<string, Message> =>
  Object.fromEntries([...names].map(([code, { name, nameEn }]) => [code, { zh: name, en: nameEn ?? name }]));

export const screenNames = () => ({
  fields: Object.fromEntries(
    Object.entries(tables).map(([entity, { columns }]) => [entity, fieldNames(columns)]),
  ),
  levels: codeNames(levelNames),
  statuses: codeNames(statusNames),
  entities: nouns,
  units: messagesOf(units),
  comparators: messagesOf(comparators),
  /** In ascending order. */
  investmentBands: codesOf(investmentBands),
});
