/** Dependencies of figures: the project fields that each measure and each filter parameter reads. */
import type { FieldChange } from '../../database/tables.ts';
import type { Measure } from '../figures/measures.ts';
import type { DurationName, SumName } from '../figures/tallies.ts';
import type { ParameterName, ProjectFilter } from '../projects/filter.ts';
import { type LifecycleFlag, lifecycleFlags } from '../projects/lifecycle.ts';

/** A field that a figure reads. */
export interface Read {
  /** Name of the field in the change log. */
  field: string;
  /**
   * How the field is used: its value; for a day, whether it has been reached by the day of the figure (`by`),
   * or lies before it (`before`); `day` the value of a day that has been reached.
   */
  how: 'value' | 'by' | 'before' | 'day';
}

const reading = (how: Read['how'], ...fields: string[]): Read[] => fields.map((field) => ({ field, how }));
const value = (...fields: string[]) => reading('value', ...fields);
const by = (...fields: string[]) => reading('by', ...fields);
const day = (...fields: string[]) => reading('day', ...fields);
const before = (...fields: string[]) => reading('before', ...fields);

const ended = by('terminatedOn');

const flagReads: Record<LifecycleFlag, readonly Read[]> = {
  registered: [...by('registeredOn'), ...ended],
  started: [...by('startedOn'), ...ended],
  completed: [...by('completedOn'), ...ended],
  inProduction: [...by('productionOn'), ...ended],
  performing: [...by('registeredOn', 'startedOn'), ...ended],
  suspended: [...by('suspendedOn', 'resumedOn'), ...ended],
  terminated: ended,
  overdueStart: [...before('agreedStartOn'), ...by('startedOn'), ...ended],
  overdueProduction: [...before('agreedProductionOn'), ...by('productionOn'), ...ended],
  sameYear: [...day('signedOn', 'startedOn', 'productionOn'), ...ended],
};

/** The ledger of a project, which is not one of its fields. */
export const LEDGER = 'fundsEntry';

const sumReads: Record<SumName | DurationName, readonly Read[]> = {
  projectCount: [],
  totalInvestment: value('investmentYuan'),
  contractedFunds: value('contractedFundsYuan'),
  contractedKnownCount: value('contractedFundsYuan'),
  registeredCount: flagReads.registered,
  startedCount: flagReads.started,
  startedInvestment: [...flagReads.started, ...value('investmentYuan')],
  completedCount: flagReads.completed,
  inProductionCount: flagReads.inProduction,
  performingCount: flagReads.performing,
  suspendedCount: flagReads.suspended,
  terminatedCount: flagReads.terminated,
  overdueStartCount: flagReads.overdueStart,
  overdueProductionCount: flagReads.overdueProduction,
  sameYearCount: flagReads.sameYear,
  fundsInPlace: value(LEDGER),
  fundsOfContracted: value(LEDGER, 'contractedFundsYuan'),
  daysToStart: [...day('signedOn', 'startedOn'), ...ended],
  daysToProduction: [...day('signedOn', 'productionOn'), ...ended],
};

const lifecycle = by(
  'registeredOn',
  'startedOn',
  'completedOn',
  'productionOn',
  'suspendedOn',
  'resumedOn',
  'terminatedOn',
);

const parameterReads: Record<ParameterName, readonly Read[]> = {
  event: value('event'),
  region: value('region'),
  county: value('region'),
  zone: value('zone'),
  industry: value('industry'),
  division: value('industry'),
  level: value('level'),
  investor: value('investorIds'),
  investorCountry: value('investorIds'),
  investorOrigin: value('investorIds'),
  code: [],
  operatingStatus: lifecycle,
  investmentBand: value('investmentYuan'),
  signedYear: value('signedOn'),
  signedMonth: value('signedOn'),
  ...(Object.fromEntries(lifecycleFlags.map((flag) => [flag, flagReads[flag]])) as typeof flagReads),
  top500: value('investorIds', 'signedOn'),
  estimated: value('investmentEstimated'),
  minInvestment: value('investmentYuan'),
  maxInvestment: value('investmentYuan'),
  signedFrom: value('signedOn'),
  signedTo: value('signedOn'),
  startedFrom: value('startedOn'),
  startedTo: value('startedOn'),
  productionFrom: value('productionOn'),
  productionTo: value('productionOn'),
  // Every change affects it, and the log has no such field.
  updatedSince: [],
  q: value('name', 'nameEn', 'investorIds'),
};

/** The project fields that a measure reads. */
export const readsOfMeasure = ({ of }: Pick<Measure, 'of'>): readonly Read[] =>
  of.flatMap((name) => sumReads[name]);

/**
 * The fields that determine whether a project belongs to a figure: those of its filter, and the signing day.
 */
export const readsOfFilter = (filter: ProjectFilter): readonly Read[] => [
  ...by('signedOn'),
  ...(Object.keys(filter) as ParameterName[]).flatMap((name) => parameterReads[name]),
];

/** The content of a log entry. */
export interface Said {
  action: string;
  fields: Readonly<Record<string, FieldChange>>;
}

const isBy = (on: unknown, asOf: string): boolean => typeof on === 'string' && on <= asOf;
const isBefore = (on: unknown, asOf: string): boolean => typeof on === 'string' && on < asOf;

const differs: Record<Read['how'], (change: FieldChange, asOf: string) => boolean> = {
  value: () => true,
  by: ({ before, after }, asOf) => isBy(before, asOf) !== isBy(after, asOf),
  before: ({ before, after }, asOf) => isBefore(before, asOf) !== isBefore(after, asOf),
  day: ({ before, after }, asOf) => isBy(before, asOf) || isBy(after, asOf),
};

/** The distinct fields that a change affects, as far as they matter on the day. */
export const touchedBy = ({ fields }: Said, reads: readonly Read[], asOf: string): string[] => [
  ...new Set(
    reads
      .filter(({ field, how }) => {
        const change = fields[field];
        return change !== undefined && differs[how](change, asOf);
      })
      .map(({ field }) => field),
  ),
];

const WHOLE: ReadonlySet<string> = new Set(['create', 'archive', 'restore']);

/** Whether a change creates, archives or restores a whole project. */
export const isWhole = ({ action }: Said): boolean => WHOLE.has(action);

/** Whether a ledger entry is dated after the day. */
export const isLaterFunds = ({ fields }: Said, asOf: string): boolean => {
  const { receivedOn } = (fields[LEDGER]?.after ?? {}) as { receivedOn?: string };
  return receivedOn !== undefined && receivedOn > asOf;
};
