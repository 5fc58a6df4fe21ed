/** The facts for a briefing in one language. Unknown and zero values are left out. */

import type { Language } from '../../core/languages.ts';
import { type Money, money, type Rate } from '../../core/numbers.ts';
import type { Summarized } from '../figures/answers.ts';
import { type Measure, measures } from '../figures/measures.ts';
import { outreachFigures } from '../outreach/figures.ts';
import type { Outreach } from '../outreach/outreach-schema.ts';
import type { ProjectFilter } from '../projects/filter.ts';
import { type ClusterFinding, clusterFacts } from './cluster-facts.ts';
import { type Definition, ownDefinitions } from './definitions.ts';
import type { HighlightName } from './highlights.ts';
import { amountTextBeside, countText, dayText, listText, percentText, roundedDown } from './number-style.ts';
import type { HighlightedProject } from './repository.ts';
import {
  type Fact,
  type Facts,
  type Figure,
  figureFact,
  namedFact,
  nameIn,
  type Told,
  titledFact,
} from './wording.ts';

const BILLION = 1_000_000_000;

/**
 * The parts of an event covered by a briefing, each with its filter. Thresholds are printed as given here;
 * "more than" filters from the next yuan on.
 */
export const scopes = {
  all: part({}),
  top500: part({ top500: ['true'] }),
  manufacturing: part({ industry: ['C'] }),
  large: part({ minInvestment: BILLION }, BILLION),
  over5Billion: part({ minInvestment: 5 * BILLION + 1 }, 5 * BILLION),
  over10Billion: part({ minInvestment: 10 * BILLION + 1 }, 10 * BILLION),
} as const;

export type ScopeName = keyof typeof scopes;

/** Amounts are not rounded to a threshold, where they would contradict the text. */
const amountText = amountTextBeside(Object.values(scopes).flatMap(({ threshold }) => threshold ?? []));

function part(filter: Partial<ProjectFilter>, threshold: number | null = null) {
  return { filter, threshold };
}

/** The filter for a part of an event. */
export const filterFor = (event: string, scope: ScopeName): ProjectFilter =>
  ({ event: [event], ...scopes[scope].filter }) as ProjectFilter;

export interface EventEntry {
  code: string;
  name: string;
  nameEn: string | null;
  hostCity: string | null;
  startsOn: string;
}

/** All input of a briefing, from one snapshot. */
export interface Findings {
  asOf: string;
  event: EventEntry;
  summaries: Readonly<Partial<Record<ScopeName, Summarized>>>;
  highlighted: Readonly<Record<HighlightName, readonly HighlightedProject[]>>;
  outreach: Outreach;
  cluster: ClusterFinding | undefined;
}

/** The three lists together, as known in the field. */
const TOP_500: Readonly<Record<Language, string>> = { zh: '三类500强', en: 'three top-500' };

/** The link to the projects behind a figure, if not all of them. */
const behind: Readonly<Record<string, string>> = {
  registrationRate: 'registered',
  startedInvestment: 'started',
  operatingRate: 'started',
  completionRate: 'completed',
  productionRate: 'inProduction',
  fulfilmentRate: 'performing',
};

export const projectLink = ({ id }: { id: string }, asOf: string): string =>
  `/v1/projects/${id}?asOf=${asOf}`;

/** An enumeration of facts. */
const listFact = (facts: readonly Fact[], language: Language): Fact => ({
  text: listText(
    facts.map(({ text }) => text),
    language,
  ),
  figures: facts.flatMap(({ figures }) => figures),
  names: facts.flatMap(({ names }) => names),
  number: facts.length,
});

/** A defined figure: a measure, or an outreach figure. */
type Defined = Pick<Measure, 'name' | 'zh' | 'en' | 'sentence'> & { unit: string };

/** A figure in the printed form of its kind; undefined for zero, and for values that would round to zero. */
function definedFact(
  { name, unit, zh, en, sentence }: Defined,
  value: unknown,
  link: string | undefined,
  language: Language,
): Fact | undefined {
  const definition = { label: { zh, en }, sentence };
  const told: Told = { name, unit, value, definition, link: link ?? null };
  if (typeof value === 'number') {
    return value === 0 ? undefined : figureFact(countText(value, language), value, told);
  }
  if (unit === 'yuan') {
    const { yuan } = value as Money;
    return yuan <= 0 ? undefined : figureFact(amountText(yuan, language), yuan, told);
  }
  if (unit !== 'rate') return undefined;
  const { percent } = value as Rate;
  return percent === null || percent === 0 ? undefined : figureFact(percentText(percent), percent, told);
}

/**
 * Contracted funds are a sum of known amounts. If some are unknown, the sum is a lower bound: rounded down to
 * three digits, and printed as "more than" if that leaves a remainder, otherwise as "at least", so that both
 * are true.
 */
function contractedFacts(fact: Fact, projectCount: number, language: Language): [string, Fact][] {
  const [figure] = fact.figures as [Figure];
  const { yuan, knownCount } = figure.value as Money & { knownCount: number };
  if (knownCount === projectCount) return [['contractedFunds', fact]];
  const bound = roundedDown(yuan);
  const [name, comparator] =
    bound < yuan ? (['above', 'more_than'] as const) : (['atLeast', 'at_least'] as const);
  const text = amountText(bound, language);
  return [[`contractedFunds.${name}`, figureFact(text, bound, { ...figure, comparator })]];
}

function summaryFacts(scope: ScopeName, summary: Summarized, language: Language): [string, Fact][] {
  const facts = measures.flatMap((measure): [string, Fact][] => {
    const { name } = measure;
    const link = summary.links[measure.link?.name ?? behind[name] ?? 'projects'];
    const fact = definedFact(measure, summary.values[name], link, language);
    if (!fact) return [];
    if (name !== 'contractedFunds') return [[name, fact]];
    return contractedFacts(fact, summary.values.projectCount as number, language);
  });
  const { threshold } = scopes[scope];
  if (threshold !== null) {
    const told: Told = {
      name: 'threshold',
      unit: 'yuan',
      value: money(threshold),
      definition: ownDefinitions.threshold,
      link: null,
    };
    facts.push(['threshold', figureFact(amountText(threshold, language), threshold, told)]);
  }
  return facts.map(([name, fact]) => [`${scope}.${name}`, fact]);
}

function outreachFacts(outreach: Outreach, language: Language): [string, Fact][] {
  const { links, ...values } = outreach;
  return outreachFigures.flatMap((figure): [string, Fact][] => {
    const link = links[figure.link?.name ?? 'self'];
    const fact = definedFact(figure, (values as Record<string, unknown>)[figure.name], link, language);
    return fact ? [[`outreach.${figure.name}`, fact]] : [];
  });
}

const dayFact = (name: 'asOf' | 'startsOn', day: string, language: Language): [string, Fact] => [
  name,
  figureFact(dayText(day, language), 1, {
    name,
    unit: 'day',
    value: day,
    definition: ownDefinitions[name],
    link: null,
  }),
];

function highlightFacts({ asOf, summaries, highlighted }: Findings, language: Language): [string, Fact][] {
  const named = (project: HighlightedProject): Fact =>
    namedFact({ kind: 'project', printed: nameIn(project, language), link: projectLink(project, asOf) });
  const ofProject = (
    project: HighlightedProject,
    name: string,
    unit: string,
    value: unknown,
    own: Definition,
  ) => ({
    name,
    unit,
    value,
    definition: own,
    link: projectLink(project, asOf),
  });
  const withAmount = (project: HighlightedProject): Fact => {
    const { investmentYuan } = project;
    const name = named(project);
    const told = ofProject(
      project,
      'investmentYuan',
      'yuan',
      money(investmentYuan),
      ownDefinitions.investmentYuan,
    );
    const amount = figureFact(amountText(investmentYuan, language), investmentYuan, told);
    const text = language === 'zh' ? `${name.text}（${amount.text}）` : `${name.text} (${amount.text})`;
    return { ...amount, text, names: name.names };
  };

  const facts: [string, Fact][] = [];
  const { fastest, sameYear, largest } = highlighted;
  const [first] = fastest;
  if (first && first.days !== null) {
    const told = ofProject(first, 'days', 'days', first.days, ownDefinitions.days);
    facts.push(['fastest', named(first)]);
    facts.push(['fastest.days', figureFact(countText(first.days, language), first.days, told)]);
  }
  if (sameYear.length > 0) {
    const list = listFact(sameYear.map(named), language);
    facts.push(['sameYear', list]);
    if ((summaries.all?.values.sameYearCount as number) > sameYear.length)
      facts.push(['sameYear.some', list]);
  }
  if (largest.length > 0) facts.push(['largest', listFact(largest.map(withAmount), language)]);
  return facts;
}

/** All facts available to sentences. */
export function factsFrom(findings: Findings, language: Language): Facts {
  const { asOf, event, summaries } = findings;
  const eventLink = `/v1/events/${event.code}`;
  const facts: [string, Fact][] = [
    ['event', titledFact({ kind: 'event', link: eventLink }, event, language)],
    ['top500', namedFact({ kind: 'term', printed: TOP_500[language], link: null })],
    dayFact('asOf', asOf, language),
    ...Object.entries(summaries).flatMap(([scope, summary]) =>
      summaryFacts(scope as ScopeName, summary, language),
    ),
    ...highlightFacts(findings, language),
    ...outreachFacts(findings.outreach, language),
    ...(findings.cluster ? clusterFacts(findings.cluster, asOf, language) : []),
  ];
  if (event.startsOn <= asOf) facts.push(dayFact('startsOn', event.startsOn, language));
  // The city is recorded in one language only.
  if (event.hostCity !== null && language === 'zh') {
    const printed = nameIn({ name: event.hostCity, nameEn: null }, language);
    facts.push(['hostCity', namedFact({ kind: 'city', printed, link: eventLink })]);
  }
  return new Map(facts);
}
