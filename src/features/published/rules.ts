/** Rules for published figures. */

import { MAX_DEPTH } from '../../catalogues/catalogue.ts';
import { unknownReferences } from '../../catalogues/service.ts';
import type { Clock } from '../../core/clock.ts';
import { parseDecimal } from '../../core/decimals.ts';
import { nouns } from '../../core/entities.ts';
import type { Reader } from '../../database/database.ts';
import { type Fault, faultyFields } from '../../http/problems.ts';
import { measureOf } from './measures.ts';
import { type FigureRow, findFigure } from './repository.ts';
import { filterIn } from './scope.ts';
import { type Unit, unitsOf } from './units.ts';

/** When a figure is entered. */
export interface Moment {
  today: string;
  now: string;
}

export const momentIn = (clock: Clock): Moment => ({ today: clock.today(), now: clock.now() });

type Rule = (figure: FigureRow, moment: Moment) => Fault[];

const afterToday =
  (pointer: string, dayOf: (figure: FigureRow) => unknown): Rule =>
  (figure, { today }) => {
    const day = dayOf(figure);
    return typeof day === 'string' && day > today
      ? [{ pointer, code: 'after_today', values: { today } }]
      : [];
  };

/** Rules across several fields, each with the fields that must be valid. */
const rules: readonly { of: readonly (keyof FigureRow)[]; faults: Rule }[] = [
  { of: ['asOf'], faults: afterToday('/asOf', ({ asOf }) => asOf) },
  { of: ['source'], faults: afterToday('/source/publishedOn', ({ source }) => source.publishedOn) },
  {
    of: ['knownAt'],
    faults: ({ knownAt }, { today, now }) =>
      knownAt !== null && knownAt > (knownAt.length === 10 ? today : now)
        ? [{ pointer: '/knownAt', code: 'after_now' }]
        : [],
  },
  {
    of: ['measure', 'unit'],
    faults: ({ measure, unit }) => {
      const choices = unitsOf(measureOf(measure).kind);
      if (choices.includes(unit as Unit)) return [];
      const values = { measure, choices: choices.join(', ') };
      return [{ pointer: '/unit', code: 'unit_of_other_measure', values }];
    },
  },
  {
    of: ['value', 'precision'],
    faults: ({ value, precision }) => {
      const min = finestPlace(value);
      return precision < min
        ? [{ pointer: '/precision', code: 'finer_than_precision', values: { min } }]
        : [];
    },
  },
  {
    of: ['measure', 'event', 'filter'],
    faults: ({ measure, event, filter }) => [
      ...(measureOf(measure).source === 'outreach' && event === null
        ? [{ pointer: '/event', code: 'needs_event' as const, values: { measure } }]
        : []),
      ...(measureOf(measure).source === 'outreach' && filter !== null
        ? [{ pointer: '/filter', code: 'not_of_projects' as const, values: { measure } }]
        : []),
    ],
  },
  {
    of: ['event', 'filter'],
    faults: ({ event, filter }) =>
      event !== null && filterIn(filter).event ? [{ pointer: '/filter', code: 'event_given_twice' }] : [],
  },
];

/**
 * Position of the last significant digit; trailing zeros of an integer may be due to rounding, and 0 may be
 * rounded to any position.
 */
function finestPlace(value: string): number {
  const { units, places } = parseDecimal(value);
  if (units === 0n && places === 0) return -12;
  if (places > 0) return places;
  return -(/0*$/.exec(value)?.[0].length ?? 0);
}

/**
 * All faults of a figure.
 * @param before the previous state; null for a new one
 * @param found the faults of single fields, which are excluded from further checks
 */
export async function faultsIn(
  reader: Reader,
  figure: FigureRow,
  before: FigureRow | null,
  found: readonly Fault[],
  moment: Moment,
): Promise<Fault[]> {
  const faulty = faultyFields(found);
  const faults = [...found];
  for (const rule of rules) {
    if (!rule.of.some((field) => faulty.has(field))) faults.push(...rule.faults(figure, moment));
  }
  const { id, event, partOf } = figure;
  if (event !== null && event !== before?.event) {
    faults.push(...(await unknownReferences(reader)([{ entity: 'events', key: event, pointer: '/event' }])));
  }
  if (partOf !== null && partOf !== before?.partOf) {
    const pointer = '/partOf';
    if (partOf !== id && !(await findFigure(reader, partOf))) {
      const values = { noun: nouns.published_figures, id: partOf };
      faults.push({ pointer, code: 'unknown_reference', values });
    } else if (await isOwnWhole(reader, id, partOf)) faults.push({ pointer, code: 'circular' });
  }
  return faults;
}

/** Whether a figure would be part of itself, or nested too deeply. */
async function isOwnWhole(reader: Reader, id: string, partOf: string): Promise<boolean> {
  let whole: string | null | undefined = partOf;
  for (let depth = 0; typeof whole === 'string'; depth++) {
    if (whole === id || depth >= MAX_DEPTH) return true;
    whole = (await findFigure(reader, whole))?.partOf;
  }
  return false;
}
