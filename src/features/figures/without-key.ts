/**
 * Queries allowed for callers with small groups suppressed: one group or one dimension, as of a month end.
 */
import type { FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { Clock } from '../../core/clock.ts';
import { knownFields, readKnownWord } from '../../http/known.ts';
import type { Problem } from '../../http/problems.ts';
import { unauthorized } from '../../log/holding.ts';
import { filterFields } from '../projects/filter.ts';
import { isSpan } from './comparison.ts';
import { dimensionNames } from './dimensions.ts';
import { type Disclosure, lastMonthEnd, toldDimensions } from './disclosure.ts';
import { isMonthEnd } from './timeline.ts';

const told: ReadonlySet<string> = new Set(toldDimensions);

/** The values of a parameter that may be repeated or comma-separated. */
const valuesOf = (given: unknown): string[] => [given].flat().flatMap((part) => String(part).split(','));

const isDimension = (name: unknown): name is string => (dimensionNames as unknown[]).includes(name);

/** The restrictions of figures for the caller; undefined if there are none. */
export const disclosureFor = ({ fewest }: FastifyRequest, clock: Clock): Disclosure | undefined =>
  fewest > 1 ? { minimum: fewest, latest: lastMonthEnd(clock.today()) } : undefined;

/** Route hook: refuses requests that could single out projects, before the cache is consulted. */
export const refuseDetails =
  (clock: Clock) =>
  (request: FastifyRequest, _: unknown, done: HookHandlerDoneFunction): void => {
    const disclosure = disclosureFor(request, clock);
    done(disclosure && detailIn(request.query as Readonly<Record<string, unknown>>, disclosure.latest));
  };

function detailIn(query: Readonly<Record<string, unknown>>, latest: string): Problem | undefined {
  // The difference between two revisions may be a single project.
  const known = Object.keys(query).find((name) => Object.hasOwn(knownFields, name));
  if (known) return unauthorized('access.parameter_needs_key', { parameter: known });
  const filters = Object.keys(query).filter((name) => Object.hasOwn(filterFields, name));
  const revealing = filters.find((name) => !told.has(name));
  if (revealing) return unauthorized('access.parameter_needs_key', { parameter: revealing });

  const { by, asOf, compareWith } = query;
  if (typeof compareWith === 'string' && readKnownWord(compareWith))
    return unauthorized('access.parameter_needs_key', { parameter: `compareWith=${compareWith}` });
  const selected = filters.flatMap((name) => valuesOf(query[name]).map(() => name));
  const grouped = by === undefined ? [] : valuesOf(by).map(() => 'by');
  const [, oneTooMany] = [...selected, ...grouped];
  if (oneTooMany) return unauthorized('access.dimension_needs_key', { parameter: oneTooMany });
  if (isDimension(by) && !told.has(by))
    return unauthorized('access.parameter_needs_key', { parameter: `by=${by}` });

  const isOpen = (day: unknown) => typeof day !== 'string' || (isMonthEnd(day) && day <= latest);
  // A span leads from one month end to another.
  const days = isSpan(compareWith) ? [asOf] : [asOf, compareWith];
  return days.every(isOpen) ? undefined : unauthorized('access.day_needs_key', { latest });
}
