/** Packed days beside their texts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dayNumber,
  dayOfMonth,
  effectiveDay,
  monthOf,
  monthPlaceOf,
  months,
  NEVER,
  packedDay,
  yearOf,
  yearPlaceOf,
  years,
} from '../../src/columns/packed-days.ts';
import { daysBetween } from '../../src/core/days.ts';

const between = (min: string, max: string) =>
  fc
    .date({ min: new Date(min), max: new Date(max), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));

const known = fc.oneof(between('1900-01-01', '2069-12-31'), fc.constantFrom('1900-01-01', '2069-12-31'));
const later = fc.oneof(between('2070-01-01', '9999-12-31'), fc.constantFrom('2070-01-01', '9999-12-31'));

describe('a packed day', () => {
  it('has the month, the year and the day of its text', () => {
    fc.assert(
      fc.property(known, (day) => {
        const packed = packedDay(day);
        expect(packed).toBe(effectiveDay(day));
        expect(monthOf(packed)).toBe(12 * Number(day.slice(0, 4)) + Number(day.slice(5, 7)) - 1);
        expect(months[monthPlaceOf(packed)]).toBe(day.slice(0, 7));
        expect(yearOf(packed)).toBe(Number(day.slice(0, 4)));
        expect(years[yearPlaceOf(packed)]).toBe(day.slice(0, 4));
        expect(dayOfMonth(packed)).toBe(Number(day.slice(8)));
      }),
    );
  });

  it('compares like its text, also if one of two is later than all that can be told apart', () => {
    const sign = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0);
    fc.assert(
      fc.property(known, fc.oneof(known, later), (a, b) => {
        expect(sign(packedDay(a), packedDay(b))).toBe(sign(a, b));
      }),
    );
  });

  it('differs from another by the days between their texts', () => {
    fc.assert(
      fc.property(known, known, (a, b) => {
        expect(dayNumber(packedDay(b)) - dayNumber(packedDay(a))).toBe(daysBetween(a, b));
      }),
    );
  });

  it('fits in 16 bits, below that of a missing day', () => {
    fc.assert(fc.property(fc.oneof(known, later), (day) => packedDay(day) >= 0 && packedDay(day) < NEVER));
    expect(packedDay(null)).toBe(NEVER);
    expect(Uint16Array.of(NEVER)[0]).toBe(NEVER);
  });

  it('is refused for figures if later days could not be told from it', () => {
    expect(() => effectiveDay('2070-01-01')).toThrow('2069-12-31');
  });
});
