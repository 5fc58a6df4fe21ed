/** The dimensions of figures: each is a row, and the filter parameter of the same name selects a group. */
import { namesOf, readTree, type TreeNode } from '../../catalogues/service.ts';
import type { CodeName, Columns } from '../../columns/columns.ts';
import { monthPlaceOf, months, yearPlaceOf, years } from '../../columns/packed-days.ts';
import { type Names, named } from '../../core/names.ts';
import type { Reader } from '../../database/database.ts';
import { codesOf } from '../../http/fields.ts';
import { bandOf, investmentBands, investorOrigins, originOf } from '../projects/classes.ts';
import { flagsOf, statusOf } from '../projects/day-flags.ts';
import type { ProjectFilter } from '../projects/filter.ts';
import { operatingStatuses } from '../projects/lifecycle.ts';
import { levelNames, statusNames } from '../projects/names.ts';
import { NONE } from '../projects/parameter-kinds.ts';
import { rankedAs } from '../projects/parameters.ts';
import { countryNames } from '../references/countries.ts';
import { type Coded, choices, classesOf, inColumn, rolledUp, workedOut } from './groups-of-rows.ts';

export interface Group {
  /** Null for projects without a value. */
  code: string | null;
  name: string | null;
  nameEn: string | null;
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
  /** The values of projects; null if one has none. @param asOf a packed day */
  coded(columns: Columns, asOf: number): Coded;
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

const reference =
  (name: CodeName) =>
  ({ dictionaries, codes }: Columns): Coded =>
    inColumn(dictionaries[name].texts(), codes[name]);

/** Classes of what projects refer to. */
const classes =
  (name: CodeName, classOf: (text: string | null, columns: Columns, code: number) => string | null) =>
  (columns: Columns): Coded =>
    classesOf(columns.dictionaries[name].texts(), columns.codes[name], (text, code) =>
      classOf(text, columns, code),
    );

export const dimensions = {
  event: {
    zh: '经贸活动',
    en: 'event',
    coded: reference('event'),
    grouping: async (r) => ({ names: await namesOf(r, 'events') }),
    narrow: byParameter('event'),
  },
  region: {
    zh: '市州',
    en: 'prefecture',
    coded: reference('region'),
    grouping: async (r) => treeGrouping(await readTree(r, 'regions'), PREFECTURE_DEPTH),
    narrow: withinTree('region', 'county', PREFECTURE_DEPTH),
  },
  county: {
    zh: '行政区划（原级）',
    en: 'region as recorded, not rolled up',
    coded: reference('region'),
    grouping: async (r) => ({
      names: new Map((await readTree(r, 'regions')).map((node) => [node.code, node])),
    }),
    narrow: byParameter('county'),
  },
  zone: {
    zh: '园区',
    en: 'development zone',
    coded: reference('zone'),
    grouping: async (r) => ({ names: await namesOf(r, 'zones') }),
    narrow: byParameter('zone'),
  },
  industry: {
    zh: '行业门类',
    en: 'section of industry',
    coded: reference('industry'),
    grouping: async (r) => treeGrouping(await readTree(r, 'industries'), SECTION_DEPTH),
    narrow: withinTree('industry', null, SECTION_DEPTH),
  },
  division: {
    zh: '行业大类',
    en: 'division of industry',
    coded: classes('industry', (text) => (text?.length === 2 ? text : null)),
    grouping: async (r) => ({
      names: new Map((await readTree(r, 'industries')).map((node) => [node.code, node])),
    }),
    narrow: byParameter('division'),
  },
  level: {
    zh: '项目级别',
    en: 'level',
    coded: reference('level'),
    grouping: fixed(levelNames),
    narrow: byParameter('level'),
  },
  operatingStatus: {
    zh: '项目状态',
    en: 'operating status',
    coded: ({ days }, asOf) => choices(operatingStatuses, (row) => statusOf(flagsOf(days, row, asOf))),
    grouping: fixed(statusNames),
    narrow: byParameter('operatingStatus'),
  },
  investorCountry: {
    zh: '投资方国别',
    en: 'country of the lead investor',
    coded: classes('leadInvestorId', (_, { countries }, code) => countries[code] ?? null),
    grouping: fixed(countryNames),
    narrow: byParameter('investorCountry'),
  },
  investorOrigin: {
    zh: '投资来源',
    en: 'origin of the lead investor',
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
    coded: ({ investmentYuan }) =>
      choices(codesOf(investmentBands), (row) => bandOf(investmentYuan[row] as number)),
    grouping: fixed(named(investmentBands)),
    narrow: byParameter('investmentBand'),
  },
  signedYear: {
    zh: '签约年份',
    en: 'year of signing',
    coded: ({ days: { signedOn } }) => workedOut(years, (row) => yearPlaceOf(signedOn[row] as number)),
    grouping: fixed(new Map()),
    narrow: byParameter('signedYear'),
  },
  signedMonth: {
    zh: '签约月份',
    en: 'month of signing',
    coded: ({ days: { signedOn } }) => workedOut(months, (row) => monthPlaceOf(signedOn[row] as number)),
    grouping: fixed(new Map()),
    narrow: byParameter('signedMonth'),
  },
} as const satisfies Record<string, Dimension>;

export type DimensionName = keyof typeof dimensions;
export const dimensionNames = Object.keys(dimensions) as [DimensionName, ...DimensionName[]];

/** The dimensions whose groups are few and known, so that those without projects can be shown. */
export const everyGroup = [
  'event',
  'zone',
  'level',
  'operatingStatus',
  'investorOrigin',
  'investmentBand',
] as const satisfies readonly DimensionName[];
export type EveryGroup = (typeof everyGroup)[number];

/** The groups of projects in a dimension. @param asOf a packed day */
export function groupsIn(name: DimensionName, { roll }: Grouping, columns: Columns, asOf: number): Coded {
  const dimension: Dimension = dimensions[name];
  const coded = dimension.coded(columns, asOf);
  return roll ? rolledUp(coded, roll) : coded;
}

/** The group of a value. */
export function groupOf(value: string | null, { names, roll }: Grouping): Group {
  if (value === null) return { code: null, name: null, nameEn: null };
  const code = roll ? roll(value) : value;
  return { code, name: names.get(code)?.name ?? code, nameEn: names.get(code)?.nameEn ?? null };
}
