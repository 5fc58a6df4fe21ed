/** The dimensions of figures: each is a row, and the filter parameter of the same name selects a group. */
import { type SQL, sql } from 'drizzle-orm';
import { namesOf, readTree, type TreeNode } from '../../catalogues/service.ts';
import type { CodeName, Columns } from '../../columns/columns.ts';
import { Dictionary } from '../../columns/dictionary.ts';
import {
  monthText,
  monthOf as packedMonth,
  yearOf as packedYear,
  yearText,
} from '../../columns/packed-days.ts';
import { type Names, named } from '../../core/names.ts';
import type { Reader } from '../../database/database.ts';
import { codesOf } from '../../http/fields.ts';
import {
  bandOf,
  investmentBandOf,
  investmentBands,
  investorOriginOf,
  investorOrigins,
  isTop500,
  originOf,
} from '../projects/classes.ts';
import { monthOf, operatingStatusOf, yearOf } from '../projects/conditions.ts';
import { flagsOf, statusOf } from '../projects/day-flags.ts';
import { type ProjectFilter, rankedAs } from '../projects/filter.ts';
import { operatingStatuses } from '../projects/lifecycle.ts';
import { levelNames, statusNames } from '../projects/names.ts';
import { NONE } from '../projects/parameter-kinds.ts';
import { countryNames } from '../references/countries.ts';

export interface Group {
  /** Null for projects without a value. */
  code: string | null;
  name: string | null;
  nameEn: string | null;
}

/** The values of a dimension over columns, as small integers. */
export interface Coded {
  /** By code. */
  texts: readonly (string | null)[];
  codeOf(row: number): number;
}

/** The data for grouping stored values. */
export interface Grouping {
  names: Names;
  /** Converts a value to its group, if they differ. */
  roll?(value: string): string;
  /** The ancestors of a code in its tree, including the code itself. */
  ancestors?(code: string): string[];
}

export interface Dimension {
  zh: string;
  en: string;
  /** The value of a project in SQL; null if it has none. `lead` is the joined lead investor. */
  value(reader: Reader): SQL;
  /** The same over columns. */
  coded(columns: Columns, asOf: number): Coded;
  /** Whether `value` reads the lead investor, who must then be joined. */
  readsLead?: true;
  grouping(reader: Reader): Promise<Grouping>;
  /** Narrows a filter to one group. */
  narrow(filter: ProjectFilter, group: string | null, grouping: Grouping): ProjectFilter;
}

const fixed = (names: Names) => async (): Promise<Grouping> => ({ names });

/** Narrows by the parameter with the dimension's name; the group already satisfies the filter. */
const byParameter =
  (parameter: keyof ProjectFilter): Dimension['narrow'] =>
  (filter, group) => ({ ...filter, [parameter]: [group ?? NONE] });

/** Groups a tree of codes at the level `depth` below the root (0). */
function treeGrouping(nodes: readonly TreeNode[], depth: number): Grouping {
  const byCode = new Map(nodes.map((node) => [node.code, node]));
  const ancestors = (code: string): string[] => {
    const path: string[] = [];
    for (
      let at: string | null = code;
      at !== null && path.length <= nodes.length;
      at = byCode.get(at)?.parent ?? null
    ) {
      path.push(at);
    }
    return path;
  };
  return {
    names: byCode,
    ancestors,
    roll: (code) => {
      const path = ancestors(code);
      return path[Math.max(path.length - 1 - depth, 0)] as string;
    },
  };
}

/**
 * Narrows to a group of a tree by a parameter that includes all descendants. If the filter already has codes,
 * those within the group are kept, or the group itself if it is within one of them.
 */
function withinTree(
  parameter: 'region' | 'industry',
  exact: 'county' | null,
  depth: number,
): Dimension['narrow'] {
  return (filter, group, { ancestors = (code) => [code] }) => {
    if (group === null) return { ...filter, [parameter]: [NONE] };
    // A group above this level contains only projects recorded there, not those of its descendants.
    if (exact && ancestors(group).length - 1 < depth) return { ...filter, [exact]: [group] };
    const given = filter[parameter];
    if (!given) return { ...filter, [parameter]: [group] };
    const below = given.filter((code) => code !== NONE && ancestors(code).includes(group));
    const covered = given.some((code) => ancestors(group).includes(code));
    return { ...filter, [parameter]: covered ? [group] : below };
  };
}

const top500Names = named([
  { code: 'true', name: '三类500强', nameEn: 'three top-500' },
  { code: 'false', name: '非三类500强', nameEn: 'not three top-500' },
]);

/** Prefectures are one level below the root of regions; sections are the roots of industries. */
const PREFECTURE_DEPTH = 1;
const SECTION_DEPTH = 0;

const p = (reader: Reader) => reader.tables.projects;

const reference =
  (name: CodeName) =>
  ({ dictionaries, codes }: Columns): Coded => {
    const column = codes[name];
    return { texts: dictionaries[name].texts(), codeOf: (row) => column[row] as number };
  };

/** Classes of what projects refer to. */
const classes =
  (name: CodeName, classOf: (text: string | null, columns: Columns, code: number) => string | null) =>
  (columns: Columns): Coded => {
    const known = new Dictionary();
    const texts = columns.dictionaries[name].texts();
    const coded = Int32Array.from(texts, (text, code) => known.codeOf(classOf(text, columns, code)));
    const column = columns.codes[name];
    return { texts: known.texts(), codeOf: (row) => coded[column[row] as number] as number };
  };

function choices(texts: readonly string[], choiceOf: (row: number) => string): Coded {
  const codes = new Map(texts.map((text, code) => [text, code]));
  return { texts, codeOf: (row) => codes.get(choiceOf(row)) as number };
}

const YEARS = Array.from({ length: 10_000 }, (_, year) => yearText(year));
const MONTHS = Array.from({ length: 120_000 }, (_, month) => monthText(month));

export const dimensions = {
  event: {
    zh: '经贸活动',
    en: 'event',
    value: (r) => sql`${p(r).event}`,
    coded: reference('event'),
    grouping: async (r) => ({ names: await namesOf(r, 'events') }),
    narrow: byParameter('event'),
  },
  region: {
    zh: '市州',
    en: 'prefecture',
    value: (r) => sql`${p(r).region}`,
    coded: reference('region'),
    grouping: async (r) => treeGrouping(await readTree(r, 'regions'), PREFECTURE_DEPTH),
    narrow: withinTree('region', 'county', PREFECTURE_DEPTH),
  },
  county: {
    zh: '行政区划（原级）',
    en: 'region as recorded, not rolled up',
    value: (r) => sql`${p(r).region}`,
    coded: reference('region'),
    grouping: async (r) => ({
      names: new Map((await readTree(r, 'regions')).map((node) => [node.code, node])),
    }),
    narrow: byParameter('county'),
  },
  zone: {
    zh: '园区',
    en: 'development zone',
    value: (r) => sql`${p(r).zone}`,
    coded: reference('zone'),
    grouping: async (r) => ({ names: await namesOf(r, 'zones') }),
    narrow: byParameter('zone'),
  },
  industry: {
    zh: '行业门类',
    en: 'section of industry',
    value: (r) => sql`${p(r).industry}`,
    coded: reference('industry'),
    grouping: async (r) => treeGrouping(await readTree(r, 'industries'), SECTION_DEPTH),
    narrow: withinTree('industry', null, SECTION_DEPTH),
  },
  division: {
    zh: '行业大类',
    en: 'division of industry',
    value: (r) => sql`(case when length(${p(r).industry}) = 2 then ${p(r).industry} end)`,
    coded: classes('industry', (text) => (text?.length === 2 ? text : null)),
    grouping: async (r) => ({
      names: new Map((await readTree(r, 'industries')).map((node) => [node.code, node])),
    }),
    narrow: byParameter('division'),
  },
  level: {
    zh: '项目级别',
    en: 'level',
    value: (r) => sql`${p(r).level}`,
    coded: reference('level'),
    grouping: fixed(levelNames),
    narrow: byParameter('level'),
  },
  operatingStatus: {
    zh: '项目状态',
    en: 'operating status',
    value: (r) => operatingStatusOf(p(r)),
    coded: ({ days }, asOf) => choices(operatingStatuses, (row) => statusOf(flagsOf(days, row, asOf))),
    grouping: fixed(statusNames),
    narrow: byParameter('operatingStatus'),
  },
  investorCountry: {
    zh: '投资方国别',
    en: 'country of the lead investor',
    value: (r) => sql`${r.tables.enterprises.country}`,
    readsLead: true,
    coded: classes('leadInvestorId', (_, { countries }, code) => countries[code] ?? null),
    grouping: fixed(countryNames),
    narrow: byParameter('investorCountry'),
  },
  investorOrigin: {
    zh: '投资来源',
    en: 'origin of the lead investor',
    value: (r) => investorOriginOf(r.tables.enterprises.country),
    readsLead: true,
    coded: classes('leadInvestorId', (_, { countries }, code) => {
      const country = countries[code] ?? null;
      return country && originOf(country);
    }),
    grouping: fixed(named(investorOrigins)),
    narrow: byParameter('investorOrigin'),
  },
  top500: {
    zh: '三类500强',
    en: 'three top-500',
    value: (r) => sql`(case when ${isTop500(r)} then 'true' else 'false' end)`,
    coded: ({ flags }) =>
      choices(['true', 'false'], (row) => (rankedAs('true', flags[row] as number) ? 'true' : 'false')),
    grouping: fixed(top500Names),
    // The answers to a question are combined by "and", so the existing ones are kept.
    narrow: (filter, group) => ({
      ...filter,
      top500: [...new Set([...(filter.top500 ?? []), group as 'true' | 'false'])],
    }),
  },
  investmentBand: {
    zh: '投资规模',
    en: 'band of investment',
    value: (r) => investmentBandOf(p(r).investmentYuan),
    coded: ({ investmentYuan }) =>
      choices(codesOf(investmentBands), (row) => bandOf(investmentYuan[row] as number)),
    grouping: fixed(named(investmentBands)),
    narrow: byParameter('investmentBand'),
  },
  signedYear: {
    zh: '签约年份',
    en: 'year of signing',
    value: (r) => yearOf(p(r).signedOn),
    coded: ({ days: { signedOn } }) => ({
      texts: YEARS,
      codeOf: (row) => packedYear(signedOn[row] as number),
    }),
    grouping: fixed(new Map()),
    narrow: byParameter('signedYear'),
  },
  signedMonth: {
    zh: '签约月份',
    en: 'month of signing',
    value: (r) => monthOf(p(r).signedOn),
    coded: ({ days: { signedOn } }) => ({
      texts: MONTHS,
      codeOf: (row) => packedMonth(signedOn[row] as number),
    }),
    grouping: fixed(new Map()),
    narrow: byParameter('signedMonth'),
  },
} as const satisfies Record<string, Dimension>;

export type DimensionName = keyof typeof dimensions;
export const dimensionNames = Object.keys(dimensions) as [DimensionName, ...DimensionName[]];

/** The group of a stored value. */
export function groupOf(value: string | null, { names, roll }: Grouping): Group {
  if (value === null) return { code: null, name: null, nameEn: null };
  const code = roll ? roll(value) : value;
  return { code, name: names.get(code)?.name ?? code, nameEn: names.get(code)?.nameEn ?? null };
}
