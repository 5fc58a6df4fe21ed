/** What the page reads of the service's answers; `/openapi.json` has all of it. */
import type { Text } from './language.ts';

export interface Money {
  yuan: number;
}
export interface Rate {
  numerator: number;
  denominator: number;
  ratio: number | null;
  percent: number | null;
}
export interface Duration {
  count: number;
  median: number | null;
  mean: number | null;
}
export type Value = number | Money | Rate | Duration | null;

export type Links = Readonly<Record<string, string>>;

export interface Withheld {
  fewerThan: number;
  reason: 'small_group' | 'difference';
}

/** A value beside that of another day. */
export interface Change {
  previous: Value;
  /** In the unit of the value; of rates in points, of days between the medians. */
  difference: number | Money | null;
  changePercent: number | null;
}

/** The figures of a selection; the measures are named by the definitions. */
export interface Figures {
  readonly [measure: string]: unknown;
  /** With `compareWith`, by measure. */
  comparison?: Readonly<Record<string, unknown>>;
  links?: Links;
  withheld?: Withheld;
}

/** What an answer knows: the last entry of the change log that it took into account. */
export interface Known {
  revision: number;
  at: string | null;
}

export interface Heading {
  asOf: string;
  revision: number;
  /** With `compareWith`. */
  comparedWith?: { asOf: string };
}
export type Summary = Heading & Figures;

export interface Group {
  code: string | null;
  name: string | null;
  nameEn: string | null;
}
export type BreakdownItem = Figures & { groups: Readonly<Record<string, Group>> };
export interface Breakdown extends Heading {
  groupCount: number;
  items: readonly BreakdownItem[];
  total: Figures;
}

export interface Period {
  period: string;
  from: string;
  to: string;
  during: Readonly<Record<string, Value>>;
  cumulative: Readonly<Record<string, Value>>;
}
export interface Timeline extends Heading {
  items: readonly Period[];
}

export interface Cohorts extends Heading {
  items: readonly {
    group: Group;
    projectCount: number;
    ages: readonly (Rate & { age: number; reachedCount: number; complete: boolean })[];
  }[];
}

export interface Definition {
  name: string;
  unit: string;
  label: Text;
  sentence: Text;
  formula: string;
}
export interface Definitions {
  measures: readonly Definition[];
  dimensions: readonly { name: string; label: Text; parameter: string }[];
  cohorts: readonly Definition[];
  outreach: readonly Definition[];
}

export interface Rule {
  code: string;
  severity: 'error' | 'warning' | 'notice';
  label: Text;
  sentence: Text;
  count: number;
  links: { projects: string };
}
export interface Quality extends Heading {
  items: readonly Rule[];
}

export interface PublishedFigure {
  id: string;
  event: string | null;
  filter: string | null;
  measure: string;
  value: string;
  unit: string;
  comparator: string;
  asOf: string;
  source: { title: string | null; publisher: string; publishedOn: string };
  computed: { value: string | null; rounded: string | null };
  agrees: boolean;
  difference: string | null;
  reasons: readonly Text[];
  links: { figures: string };
}

export interface PageOf<Item> {
  items: readonly Item[];
  page: { total: number; limit: number; nextCursor: string | null };
  revision: number;
}

export interface Project {
  id: string;
  code: string;
  name: string;
  nameEn: string | null;
  event: string | null;
  level: string;
  region: string | null;
  zone: string | null;
  industry: string | null;
  investors: readonly { id: string; name: string }[];
  owner: string | null;
  description: string | null;
  note: string | null;
  investmentYuan: number;
  investmentEstimated: boolean;
  contractedFundsYuan: number | null;
  fundsInPlaceYuan: number;
  operatingStatus: string;
  overdue: readonly string[];
  [day: `${string}On`]: string | null;
}

export interface FundsEntry {
  id: string;
  receivedOn: string;
  amountYuan: number;
  note: string | null;
}

export interface LogEntry {
  seq: number;
  entity: string;
  action: string;
  actor: string;
  at: string;
  fields: Readonly<Record<string, { before?: unknown; after?: unknown }>>;
}

/** Names that no statistic contains (`/dashboard/names.json`). */
export interface Names {
  fields: Readonly<Record<string, Readonly<Record<string, Text>>>>;
  levels: Readonly<Record<string, Text>>;
  statuses: Readonly<Record<string, Text>>;
  entities: Readonly<Record<string, Text>>;
  units: Readonly<Record<string, Text>>;
  comparators: Readonly<Record<string, Text>>;
  investmentBands: readonly string[];
}

export interface FileFault {
  sheet: string | null;
  row: number;
  column: string | null;
  heading: string | null;
  field: string | null;
  value: string | null;
  message: string;
}

export interface Import {
  id: string;
  status: 'running' | 'done' | 'refused' | 'failed' | 'cancelled';
  mode: 'preview' | 'commit';
  entity: string;
  committed: boolean;
  progress: { phase: string | null; bytesRead: number; bytes: number; rowsRead: number; rowsDone: number };
  file: {
    name: string | null;
    sheet: string | null;
    columns: readonly { heading: string; field: string }[];
    ignored: readonly { heading: string }[];
    warnings: readonly { row: number | null; message: string }[];
  };
  rows: number;
  created: number;
  changed: number;
  unchanged: number;
  refused: number;
  changes: readonly {
    row: number;
    key: string | null;
    effect: 'create' | 'change';
    fields: LogEntry['fields'];
  }[];
  faultCount: number;
  faults: readonly FileFault[];
  problem?: { detail?: string } | null;
}
