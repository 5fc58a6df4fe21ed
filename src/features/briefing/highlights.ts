/** The projects that a briefing names: each highlight is a row with its selection, order and number. */
import { type SQL, sql } from 'drizzle-orm';
import type { Reader } from '../../database/database.ts';
import { countsAs } from '../projects/conditions.ts';

export interface Highlight {
  /** Maximum number of projects named. */
  most: number;
  /** Description of the rule. */
  rule: { zh: string; en: string };
  /** Condition on the projects of the population. */
  candidates(reader: Reader): SQL;
  /** The order; ties are resolved by code. */
  order(reader: Reader): SQL[];
}

/** From signing to production. */
export const daysToProduction = ({ functions, tables: { projects } }: Reader): SQL<number> =>
  functions.daysBetween(projects.signedOn, projects.productionOn);

export const highlights = {
  fastest: {
    most: 1,
    rule: {
      zh: '未终止、签约后投产、且签约到投产天数最少的项目；天数相同的，取投产早的，再取编号在前的。签约当日或之前已投产的不计。',
      en: 'The project in production, not terminated, with the fewest days from signing to production; ties go to the earlier production, then the lower code. Projects in production by the day of signing are left out.',
    },
    candidates: (reader) => {
      const { projects: p } = reader.tables;
      return sql`${countsAs('inProduction', p)} and ${p.productionOn} > ${p.signedOn}`;
    },
    order: (reader) => [daysToProduction(reader), sql`${reader.tables.projects.productionOn}`],
  },
  sameYear: {
    most: 3,
    rule: {
      zh: '当年签约、当年开工、当年投产的项目，投产早的在前，同日投产的取编号在前的，最多三个。',
      en: 'Projects signed, started and in production within one calendar year, the earliest in production first, then the lower code; at most three.',
    },
    candidates: (reader) => countsAs('sameYear', reader.tables.projects),
    order: (reader) => [sql`${reader.tables.projects.productionOn}`],
  },
  largest: {
    most: 3,
    rule: {
      zh: '未终止、投资额非估计值的项目，投资额大的在前；金额相同的，取签约早的，再取编号在前的，最多三个。',
      en: 'Projects that are not terminated and whose amount is not an estimate, the largest investment first, then the earlier signed, then the lower code; at most three.',
    },
    candidates: (reader) => {
      const { projects: p } = reader.tables;
      return sql`${p.investmentEstimated} = false and (${countsAs('terminated', p)}) is not true`;
    },
    order: (reader) => {
      const { projects: p } = reader.tables;
      return [sql`${p.investmentYuan} desc`, sql`${p.signedOn}`];
    },
  },
} as const satisfies Record<string, Highlight>;

export type HighlightName = keyof typeof highlights;
