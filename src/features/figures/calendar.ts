/**
 * Projects event by event: what happened to each between two days, and what it was after each event. A figure
 * changes only by these events, so the contributions of a project's events add up to the difference of its
 * contributions on the two days.
 */
import { Columns, type DayName } from '../../columns/columns.ts';
import { NEVER, nextDay } from '../../columns/packed-days.ts';

interface Cause {
  zh: string;
  en: string;
  /** The date of the event; without, the days on which funds are received. */
  date?: DayName;
  /** Whether it takes effect the day after. */
  isPassing?: true;
}

/**
 * What a figure can change by. Events of one day take place in this order, so that none of them undoes another: a
 * project that is terminated on the day of its signing has never started, and one that starts on the day after the
 * agreed one was never overdue.
 */
export const causes = {
  signed: { zh: '签约', en: 'signed', date: 'signedOn' },
  terminated: { zh: '终止（解约）', en: 'terminated', date: 'terminatedOn' },
  resumed: { zh: '复工', en: 'resumed', date: 'resumedOn' },
  registered: { zh: '注册', en: 'registered', date: 'registeredOn' },
  started: { zh: '开工', en: 'started', date: 'startedOn' },
  completed: { zh: '竣工', en: 'completed', date: 'completedOn' },
  inProduction: { zh: '投产', en: 'in production', date: 'productionOn' },
  suspended: { zh: '停工', en: 'suspended', date: 'suspendedOn' },
  funds: { zh: '资金到位', en: 'funds received or returned' },
  agreedStart: {
    zh: '约定开工日已过',
    en: 'agreed start has passed',
    date: 'agreedStartOn',
    isPassing: true,
  },
  agreedProduction: {
    zh: '约定投产日已过',
    en: 'agreed start of production has passed',
    date: 'agreedProductionOn',
    isPassing: true,
  },
} as const satisfies Record<string, Cause>;
export type CauseName = keyof typeof causes;
export const causeNames = Object.keys(causes) as [CauseName, ...CauseName[]];

const CAUSES: readonly Cause[] = Object.values(causes);
const FUNDS = causeNames.indexOf('funds');

/** When what happened: the packed day, and the place in `causes`, as one number in the order of time. */
type Event = number;
const eventOf = (day: number, cause: number): Event => day * CAUSES.length + cause;
const dayOf = (event: Event): number => Math.floor(event / CAUSES.length);
const causeOf = (event: Event): number => event % CAUSES.length;
const endOf = (day: number): Event => eventOf(day, CAUSES.length - 1);

/** Projects, each at the end of the first day, and then after each of its events. */
export interface Unfolded {
  /** A row for each of these states. Nothing is in it but what figures and moving parameters read. */
  states: Columns;
  count: number;
  /** By state: the row of the project. */
  projects: Int32Array;
  /** By state: the place in `causes` of the event that led to it, and its packed day; −1 on the first day. */
  causes: Int8Array;
  days: Int32Array;
}

/** As many states at a time take little memory. */
const BATCH = 8_192;

/** What some projects were between two packed days. Whatever is asked of a state is asked as of the second day. */
export function* unfolded(
  columns: Columns,
  rows: Iterable<number>,
  from: number,
  to: number,
): Generator<Unfolded, void> {
  let states: (readonly [row: number, last: Event])[] = [];
  for (const row of rows) {
    states.push([row, endOf(from)]);
    for (const event of eventsOf(columns, row, from, to)) states.push([row, event]);
    if (states.length < BATCH) continue;
    yield unfold(columns, states, from);
    states = [];
  }
  if (states.length > 0) yield unfold(columns, states, from);
}

/** The event of a date. */
function eventBy({ days }: Columns, row: number, date: DayName, isPassing: boolean, cause: number): Event {
  const day = days[date][row] as number;
  return eventOf(isPassing ? nextDay(day) : day, cause);
}

const dates = CAUSES.flatMap(({ date, isPassing = false }, cause) =>
  date ? [{ date, isPassing, cause }] : [],
);

/** The events after one day until another, in order. */
function eventsOf(columns: Columns, row: number, from: number, to: number): Event[] {
  const events = dates.map(({ date, isPassing, cause }) => eventBy(columns, row, date, isPassing, cause));
  forEntries(columns, row, (event) => events.push(event));
  return [...new Set(events)]
    .filter((event) => event > endOf(from) && event <= endOf(to))
    .sort((a, b) => a - b);
}

function forEntries(columns: Columns, row: number, use: (event: Event, yuan: number) => void): void {
  const start = columns.ledgerStart[row] as number;
  for (let entry = start; entry < start + (columns.ledgerCount[row] as number); entry++)
    use(eventOf(columns.ledgerDay[entry] as number, FUNDS), columns.ledgerYuan[entry] as number);
}

function unfold(
  columns: Columns,
  list: readonly (readonly [row: number, last: Event])[],
  from: number,
): Unfolded {
  const count = list.length;
  const states = new Columns();
  states.reserve(count);
  states.ledgerDay = new Uint16Array(count).fill(from);
  states.ledgerYuan = new Float64Array(count);
  const unfolded = {
    states,
    count,
    projects: new Int32Array(count),
    causes: new Int8Array(count),
    days: new Int32Array(count),
  };
  for (const [state, [row, last]] of list.entries()) {
    for (const { date, isPassing, cause } of dates) {
      const hasHappened = eventBy(columns, row, date, isPassing, cause) <= last;
      states.days[date][state] = hasHappened ? (columns.days[date][row] as number) : NEVER;
    }
    states.investmentYuan[state] = columns.investmentYuan[row] as number;
    states.contractedFundsYuan[state] = columns.contractedFundsYuan[row] as number;
    // What has been received is one entry.
    states.ledgerStart[state] = state;
    states.ledgerCount[state] = 1;
    forEntries(columns, row, (event, yuan) => {
      if (event <= last) states.ledgerYuan[state] = (states.ledgerYuan[state] as number) + yuan;
    });
    unfolded.projects[state] = row;
    unfolded.causes[state] = last === endOf(from) ? -1 : causeOf(last);
    unfolded.days[state] = dayOf(last);
  }
  return unfolded;
}
