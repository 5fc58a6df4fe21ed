/**
 * All outreach figures, each defined once: its names and description in both languages, and its computation.
 */
import * as z from 'zod';
import { money, type Rate, rate } from '../../core/numbers.ts';
import { capitalised } from '../../http/nouns.ts';
import { Problem } from '../../http/problems.ts';
import type { OutreachUnit } from '../figures/measures.ts';
import { MoneyBody, RateBody } from '../figures/measures.ts';
import { guestLevels } from './stages.ts';

/** Number of contacts or enterprises that reached each stage. */
export interface Conversion {
  met: number;
  /** Cumulative: what has signed has also negotiated. */
  negotiating: number;
  signed: number;
  lost: number;
}

/** The counts for an event and day. */
export interface OutreachTally {
  contacts: Conversion;
  /** Each enterprise once, by its furthest contact; lost if all its contacts are. */
  enterprises: Conversion;
  top500: number;
  /** Enterprises met at their own stand, and those of them that signed. */
  exhibitors: { met: number; signed: number };
  /** Number of contacts with a guest, by level. */
  guests: ReadonlyMap<string, number>;
  delegations: { sent: number; elsewhere: number };
  /** Number of zones that sent a delegation, by their level. */
  zones: ReadonlyMap<string, number>;
  projects: { count: number; yuan: number };
}

export interface OutreachFigure {
  name: string;
  unit: OutreachUnit;
  zh: string;
  en: string;
  sentence: { zh: string; en: string };
  formula: string;
  /**
   * The list behind a count: name of the link, the list, and its parameters besides the event and the day.
   */
  link?: { name: string; list: 'contacts' | 'delegations'; parameters?: Readonly<Record<string, string>> };
  schema: z.ZodType;
  value(tally: OutreachTally): unknown;
}

type Words = Pick<OutreachFigure, 'zh' | 'en' | 'sentence' | 'formula' | 'link'>;

const count = (
  name: string,
  unit: OutreachUnit,
  value: (tally: OutreachTally) => number,
  words: Words,
): OutreachFigure => ({ name, unit, ...words, schema: z.int(), value });

const share = (name: string, value: (tally: OutreachTally) => Rate, words: Words): OutreachFigure => ({
  name,
  unit: 'rate',
  ...words,
  schema: RateBody,
  value,
});

/** The lowest level of a senior guest, as reported by the department. */
const SENIOR = 'china_vice_president';
const LOWEST = guestLevels[guestLevels.length - 1]?.code as string;

/** Number of guests at each level, and at that level or above; the highest first. */
export function guestCounts(guests: OutreachTally['guests']) {
  let atOrAbove = 0;
  return guestLevels.map(({ code, zh, en }) => {
    const count = guests.get(code) ?? 0;
    atOrAbove += count;
    return { level: code, label: { zh, en }, count, atOrAbove };
  });
}

const sum = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((total, count) => total + count, 0);

function exactYuan({ projects: { yuan } }: OutreachTally): number {
  if (Number.isSafeInteger(yuan)) return yuan;
  throw new Problem('statistics.sum_too_large', { values: { measure: 'investmentSigned' } });
}

/** All figures, in the order of responses. */
export const outreachFigures: readonly OutreachFigure[] = [
  count('contactCount', 'contacts', ({ contacts }) => contacts.met, {
    zh: '对接数',
    en: 'contacts',
    sentence: {
      zh: '截至该日在该活动上对接、或由为该活动派出的小分队对接的记录数。',
      en: 'Contacts made by the day at the event, or by a delegation sent for it.',
    },
    formula: 'count of contacts with contactedOn ≤ T whose event, or whose delegation’s forEvent, is E',
    link: { name: 'contacts', list: 'contacts' },
  }),
  count('enterprisesConnected', 'enterprises', ({ enterprises }) => enterprises.met, {
    zh: '对接企业数',
    en: 'enterprises connected',
    sentence: {
      zh: '上述对接涉及的企业数，每家只计一次。',
      en: 'The enterprises of these contacts, each counted once.',
    },
    formula: 'count of distinct enterprises of the contacts',
  }),
  count('top500Connected', 'enterprises', ({ top500 }) => top500, {
    zh: '对接三类500强企业数',
    en: 'three top-500 enterprises connected',
    sentence: {
      zh: '其中在对接当年或上一年列入三类500强榜单之一的企业数，每家只计一次。',
      en: 'Of these, enterprises on one of the three top-500 lists in the year of a contact or the year before, each counted once.',
    },
    formula: 'count of distinct enterprises with a ranking in year(contactedOn) or year(contactedOn) − 1',
  }),
  count('guestCount', 'guests', ({ guests }) => sum(guests), {
    zh: '嘉宾数',
    en: 'guests',
    sentence: { zh: '上述对接中记有嘉宾级别的人次。', en: 'Contacts with a guest level.' },
    formula: 'count of contacts with a guestLevel',
    link: { name: 'guests', list: 'contacts', parameters: { minGuestLevel: LOWEST } },
  }),
  count(
    'seniorGuestCount',
    'guests',
    ({ guests }) => guestCounts(guests).find(({ level }) => level === SENIOR)?.atOrAbove ?? 0,
    {
      zh: '中国区副总裁及以上嘉宾数',
      en: 'guests at the level of China-region vice president or above',
      sentence: {
        zh: '嘉宾中级别为中国区副总裁及以上的人次。',
        en: 'Guests at the level of China-region vice president or above.',
      },
      formula: 'count of contacts with guestLevel at or above china_vice_president',
      link: { name: 'seniorGuests', list: 'contacts', parameters: { minGuestLevel: SENIOR } },
    },
  ),
  count('delegationCount', 'delegations', ({ delegations }) => delegations.sent, {
    zh: '小分队数',
    en: 'delegations',
    sentence: {
      zh: '截至该日派往该活动、或为该活动派往其他活动的小分队数。',
      en: 'Delegations sent by the day to the event, or sent for it to another event.',
    },
    formula: 'count of delegations with sentOn ≤ T whose event or forEvent is E',
    link: { name: 'delegations', list: 'delegations' },
  }),
  count('delegationsElsewhereCount', 'delegations', ({ delegations }) => delegations.elsewhere, {
    zh: '派往其他活动的小分队数',
    en: 'delegations to other events',
    sentence: {
      zh: '其中为该活动派往其他活动的小分队数。',
      en: 'Of these, delegations sent to another event.',
    },
    formula: 'count of delegations with sentOn ≤ T whose forEvent is E and whose event is not',
  }),
  count('zoneCount', 'zones', ({ zones }) => sum(zones), {
    zh: '派出小分队的园区数',
    en: 'zones that sent delegations',
    sentence: {
      zh: '派出上述小分队的园区数，每个只计一次。',
      en: 'The zones of these delegations, each counted once.',
    },
    formula: 'count of distinct zones of the delegations',
  }),
  count('nationalZoneCount', 'zones', ({ zones }) => zones.get('national') ?? 0, {
    zh: '派出小分队的国家级园区数',
    en: 'national-level zones that sent delegations',
    sentence: { zh: '其中的国家级园区数。', en: 'Of these, national-level zones.' },
    formula: 'count of distinct zones of the delegations with level national',
  }),
  ...conversion('contacts', 'contacts', ({ contacts }) => contacts, {
    suffix: 'Count',
    zh: '对接',
    en: 'contacts',
    of: { zh: '对接数', en: 'the contacts' },
    lost: {
      zh: '截至该日已流失的对接数。',
      en: 'Contacts that were lost by the day.',
      formula: 'contacts with lostOn ≤ T',
    },
  }),
  ...conversion('enterprises', 'enterprises', ({ enterprises }) => enterprises, {
    suffix: 'Enterprises',
    zh: '企业',
    en: 'enterprises',
    of: { zh: '对接企业数', en: 'the enterprises connected' },
    lost: {
      zh: '截至该日所有对接均已流失的企业数。',
      en: 'Enterprises all of whose contacts were lost by the day.',
      formula: 'enterprises whose every contact has lostOn ≤ T',
    },
  }),
  count('signedProjectCount', 'projects', ({ projects }) => projects.count, {
    zh: '对接成项目数',
    en: 'projects from contacts',
    sentence: {
      zh: '截至该日由已签约对接形成的项目数，每个只计一次；不含已归档的项目。',
      en: 'Projects that resulted from signed contacts, signed by the day, each counted once; without archived ones.',
    },
    formula:
      'count of distinct projects of contacts with signedOn ≤ T, the projects’ signedOn ≤ T, not archived',
  }),
  {
    name: 'investmentSigned',
    unit: 'yuan',
    zh: '对接成项目投资额',
    en: 'investment signed',
    sentence: { zh: '上述项目的投资总额。', en: 'Total investment of these projects.' },
    formula: 'Σ investmentYuan of these projects',
    schema: MoneyBody,
    value: (tally) => money(exactYuan(tally)),
  },
  share('exhibitorsTurnedInvestors', ({ exhibitors }) => rate(exhibitors.signed, exhibitors.met), {
    zh: '参展商变投资商比率',
    en: 'exhibitors turned investors',
    sentence: {
      zh: '以参展方式对接的企业中，截至该日有对接已签约的企业所占比重。',
      en: 'Share of the enterprises met as exhibitors that have a contact signed by the day.',
    },
    formula:
      'distinct enterprises with a contact by exhibition and one with signedOn ≤ T ÷ distinct enterprises with a contact by exhibition',
  }),
];

interface ConversionWords {
  suffix: 'Count' | 'Enterprises';
  zh: string;
  en: string;
  of: { zh: string; en: string };
  lost: { zh: string; en: string; formula: string };
}

/** Conversion of contacts or enterprises: three counts and three rates. */
function conversion(
  kind: 'contacts' | 'enterprises',
  unit: OutreachUnit,
  of: (tally: OutreachTally) => Conversion,
  words: ConversionWords,
): OutreachFigure[] {
  const ofEnterprises = kind === 'enterprises';
  const name = (stage: string) => `${stage}${words.suffix}`;
  const rateName = (stage: string) =>
    `${ofEnterprises ? 'enterprise' : ''}${stage}`.replace(/^./, (c) => c.toLowerCase());
  const met = ofEnterprises ? 'enterprisesConnected' : 'contactCount';
  const such = ofEnterprises ? 'enterprises with a contact' : 'contacts';
  const linkTo = (stage: string): Pick<Words, 'link'> =>
    ofEnterprises ? {} : { link: { name: stage, list: 'contacts', parameters: { reached: stage } } };
  return [
    count(name('negotiating'), unit, (tally) => of(tally).negotiating, {
      zh: `进入洽谈的${words.zh}数`,
      en: `${words.en} that negotiated`,
      sentence: {
        zh: `截至该日已进入洽谈的${words.zh}数；已签约的也计入，其后流失的仍计入。`,
        en: `${capitalised(words.en)} that had negotiated by the day, including signed ones and those lost later.`,
      },
      formula: `count of ${such} with negotiatingOn ≤ T or signedOn ≤ T`,
      ...linkTo('negotiating'),
    }),
    count(name('signed'), unit, (tally) => of(tally).signed, {
      zh: `签约的${words.zh}数`,
      en: `${words.en} that signed`,
      sentence: {
        zh: `截至该日已签约的${words.zh}数。`,
        en: `${capitalised(words.en)} that had signed by the day.`,
      },
      formula: `count of ${such} with signedOn ≤ T`,
      ...linkTo('signed'),
    }),
    count(name('lost'), unit, (tally) => of(tally).lost, {
      zh: `流失的${words.zh}数`,
      en: `${words.en} that were lost`,
      sentence: { zh: words.lost.zh, en: words.lost.en },
      formula: `count of ${words.lost.formula}`,
      ...linkTo('lost'),
    }),
    share(rateName('NegotiatingRate'), (tally) => rate(of(tally).negotiating, of(tally).met), {
      zh: `${words.zh}洽谈率`,
      en: `negotiating rate of ${words.en}`,
      sentence: {
        zh: `进入洽谈的${words.zh}数占${words.of.zh}的比重。`,
        en: `The share of ${words.of.en} that negotiated.`,
      },
      formula: `${name('negotiating')} ÷ ${met}`,
    }),
    share(rateName('SigningRate'), (tally) => rate(of(tally).signed, of(tally).met), {
      zh: `${words.zh}签约率`,
      en: `signing rate of ${words.en}`,
      sentence: {
        zh: `签约的${words.zh}数占${words.of.zh}的比重。`,
        en: `The share of ${words.of.en} that signed.`,
      },
      formula: `${name('signed')} ÷ ${met}`,
    }),
    share(rateName('SigningRateOfNegotiating'), (tally) => rate(of(tally).signed, of(tally).negotiating), {
      zh: `洽谈${words.zh}签约率`,
      en: `signing rate of ${words.en} that negotiated`,
      sentence: {
        zh: `签约的${words.zh}数占进入洽谈的${words.zh}数的比重。`,
        en: `The share that signed of the ${words.en} that negotiated.`,
      },
      formula: `${name('signed')} ÷ ${name('negotiating')}`,
    }),
  ];
}

/** The URL of a list behind an event's figures on a day. */
export const listAddress = (
  list: 'contacts' | 'delegations',
  event: string,
  asOf: string,
  parameters: Readonly<Record<string, string>> = {},
): string => `/v1/${list}?${new URLSearchParams({ outreach: event, ...parameters, asOf })}`;

/** The links to the lists behind the counts, as far as lists can show them. */
export const linksOf = (event: string, asOf: string): Record<string, string> =>
  Object.fromEntries(
    outreachFigures.flatMap(({ link }) =>
      link ? [[link.name, listAddress(link.list, event, asOf, link.parameters)]] : [],
    ),
  );

/** The figures of a tally by name. @throws Problem 422 if the investment is too large to be exact */
export const figuresOf = (tally: OutreachTally): Record<string, unknown> =>
  Object.fromEntries(outreachFigures.map(({ name, value }) => [name, value(tally)]));
