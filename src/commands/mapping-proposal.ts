/** A proposed mapping as JSON, and remarks on it for a terminal. */
import { basename } from 'node:path';
import { catalogues } from '../contributions.ts';
import type { Clock } from '../core/clock.ts';
import { type Language, type Message, type MessageValue, say } from '../core/languages.ts';
import { type ImportEntity, tables } from '../features/imports/importable.ts';
import { ImportQuery } from '../features/imports/schema.ts';
import { NewFundsEntry, NewProject } from '../features/projects/schema.ts';
import { faults as faultMessages } from '../http/messages.ts';
import { Problem } from '../http/problems.ts';
import { readColumns } from '../sheets/columns.ts';
import { type Note, type Proposal, proposalFor } from '../sheets/reading/proposal.ts';
import { Refusal } from '../sheets/reading/refusal.ts';
import { checkedOptions } from './import-options.ts';
import { harmless } from './import-report.ts';

const texts = {
  unknown_heading: {
    en: 'is not known; name its field, or leave it out',
    zh: '无法识别；请指明所对应的字段，否则不读取',
  },
  unknown_unit: {
    en: 'has an unknown unit and is left out; add it with `unit`, `factor` or `currency`',
    zh: '单位无法识别，未列入；请列入并用 unit、factor 或 currency 指明单位',
  },
  twice: {
    en: 'is a second column for a field, and is left out',
    zh: '与另一列对应同一字段，未列入',
  },
  no_unit: {
    en: 'does not say its unit, and is read as yuan; add `unit` if it is another',
    zh: '未注明单位，按元读取；如为其他单位，请用 unit 指明',
  },
  unit_above: {
    en: 'is in “{text}” according to a line above, which is not understood; add `unit` or `factor`',
    zh: '据表头上方所注单位为“{text}”，无法识别；请用 unit 或 factor 指明',
  },
  currency: {
    en: 'is in {currency} and is left out; add it with the rate: "{field}": {source}',
    zh: '币种为 {currency}，未列入；请连同汇率列入："{field}": {source}',
  },
  dates: {
    en: 'has days that only {formats} reads; check the proposed `dates`',
    zh: '其中日期只有按 {formats} 才能读取；请核对所列的 dates',
  },
  open_dates: {
    en: 'has days that both {formats} read; add the right one as `dates`',
    zh: '其中日期按 {formats} 均可读取；请用 dates 指明其一',
  },
  cells: {
    en: 'row {row} {message} ({count} {count:cell|cells}: {texts})',
    zh: '第 {row} 行{message}（共 {count} 个单元格：{texts}）',
  },
  required: {
    en: '“{heading}” ({field}) is required, and no column is recognised as it; name one with `from`, or give a `constant`',
    zh: '“{heading}”（{field}）为必填项，未识别到对应的列；请用 from 指明，或用 constant 给出',
  },
} as const satisfies Record<string, Message>;

const NOWHERE = { en: 'the rows', zh: '数据行' };

function valuesOf(note: Note, language: Language): Record<string, MessageValue> {
  switch (note.about) {
    case 'currency': {
      const source = { ...note.source, rate: '…', rateOn: '…' };
      return { currency: note.source.currency, field: note.field, source: JSON.stringify(source) };
    }
    case 'dates':
    case 'open_dates':
      return { formats: { en: note.formats.join(' and '), zh: note.formats.join('、') } };
    case 'unit_above':
      return { text: note.text };
    case 'cells': {
      const { row, count, texts, code, values } = note.first;
      const message = say(faultMessages[code], language, values);
      return { row, count, message, texts: texts.map((text) => `“${text}”`).join(', ') };
    }
    default:
      return {};
  }
}

function remarkOf(note: Note, language: Language): string {
  const { column, heading, about } = note;
  const place = heading === null ? NOWHERE[language] : `${column ?? ''} “${heading}”`.trim();
  return `${place}${{ en: ': ', zh: '：' }[language]}${say(texts[about], language, valuesOf(note, language))}`;
}

/** The fields without which no record can be created. */
function requiredOf(entity: ImportEntity): (field: string) => boolean {
  const schemas = { projects: NewProject, funds: NewFundsEntry } as const;
  const { shape } =
    entity === 'projects' || entity === 'funds'
      ? schemas[entity]
      : (catalogues.find((one) => one.entity === entity)?.create ?? NewProject);
  const fields: Readonly<Record<string, { safeParse(value: unknown): { success: boolean } } | undefined>> =
    shape;
  return (field) => fields[field]?.safeParse(undefined).success === false;
}

/** Remarks on required fields of which neither the mapping nor a note knows the column. */
function missing(entity: ImportEntity, { mapping, notes }: Proposal, language: Language): string[] {
  const isRequired = requiredOf(entity);
  const known = new Set([
    ...Object.keys(mapping.fields),
    ...notes.flatMap((note) => (note.about === 'currency' ? [note.field] : [])),
  ]);
  return readColumns(tables[entity])
    .filter(({ field }) => isRequired(field) && !known.has(field))
    .map(({ field, [language]: heading }) => say(texts.required, language, { heading, field }));
}

const MappingQuery = ImportQuery.pick({ entity: true, format: true, encoding: true, lang: true });

/**
 * Read in this process, which is as separate from the service as that of an import.
 * @throws Problem 422 for invalid options, and for files that cannot be read
 */
export async function proposed(
  file: string,
  options: object,
  clock: Clock,
): Promise<{ json: string; remarks: string[] }> {
  const {
    entity = 'projects',
    format = null,
    encoding = null,
    lang = 'en',
  } = checkedOptions(MappingQuery, options, clock);
  const request = { file, rows: '', name: basename(file), format, encoding, table: tables[entity] };
  try {
    const proposal = await proposalFor({ ...request, unit: null, days: null, empty: 'keep', mapping: null });
    const remarks = [
      ...proposal.notes.map((note) => remarkOf(note, lang)),
      ...missing(entity, proposal, lang),
    ];
    return { json: JSON.stringify({ entity, ...proposal.mapping }, null, 2), remarks: remarks.map(harmless) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Problem(error.kind, { values: error.values });
  }
}
