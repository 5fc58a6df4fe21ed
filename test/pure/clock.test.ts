/** Days and times in the service's time zone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockIn, isTimeZone } from '../../src/core/clock.ts';

const at = (moment: string) => () => Date.parse(moment);

describe('the clock', () => {
  it.each([
    ['Asia/Shanghai', '2020-06-28T15:59:59.999Z', '2020-06-28'],
    ['Asia/Shanghai', '2020-06-28T16:00:00.000Z', '2020-06-29'],
    ['UTC', '2020-06-28T23:59:59.999Z', '2020-06-28'],
    ['UTC', '2020-06-29T00:00:00.000Z', '2020-06-29'],
    ['America/New_York', '2020-06-29T03:59:59.999Z', '2020-06-28'],
    ['America/New_York', '2020-06-29T04:00:00.000Z', '2020-06-29'],
    // Offsets of half and quarter hours.
    ['Asia/Kolkata', '2020-06-28T18:30:00.000Z', '2020-06-29'],
    ['Asia/Kathmandu', '2020-06-28T18:14:59.999Z', '2020-06-28'],
    ['Asia/Kathmandu', '2020-06-28T18:15:00.000Z', '2020-06-29'],
    // The largest offsets in both directions.
    ['Pacific/Kiritimati', '2020-06-28T10:00:00.000Z', '2020-06-29'],
    ['Pacific/Pago_Pago', '2020-06-29T10:59:59.999Z', '2020-06-28'],
    // Turns of years and leap days.
    ['Asia/Shanghai', '2023-12-31T16:00:00.000Z', '2024-01-01'],
    ['Asia/Shanghai', '2024-02-28T16:00:00.000Z', '2024-02-29'],
    // The change to summer time.
    ['Europe/Berlin', '2026-03-28T22:59:59.999Z', '2026-03-28'],
    ['Europe/Berlin', '2026-03-28T23:00:00.000Z', '2026-03-29'],
    ['Europe/Berlin', '2026-03-29T22:00:00.000Z', '2026-03-30'],
  ])('in %s shows at %s the day %s', (timeZone, moment, day) => {
    expect(clockIn(timeZone, at(moment)).today()).toBe(day);
  });

  it('follows the time in both directions', () => {
    let now = Date.parse('2020-06-28T15:59:59.999Z');
    const clock = clockIn('Asia/Shanghai', () => now);
    expect(clock.today()).toBe('2020-06-28');
    now += 1;
    expect(clock.today()).toBe('2020-06-29');
    now += 86_400_000;
    expect(clock.today()).toBe('2020-06-30');
    now -= 86_400_001;
    expect(clock.today()).toBe('2020-06-28');
  });

  it('has the day of the zone’s calendar at any time', () => {
    const zones = ['Asia/Shanghai', 'UTC', 'America/St_Johns', 'Pacific/Apia', 'Australia/Lord_Howe'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.date({ min: new Date('1990-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
        (timeZone, moment) => {
          const parts = new Intl.DateTimeFormat('en-US', {
            timeZone,
            year: 'numeric',
            month: '2-digit',
            day: '2-digit',
          }).formatToParts(moment);
          const part = (type: string) => parts.find((one) => one.type === type)?.value;
          const expected = `${part('year')}-${part('month')}-${part('day')}`;
          expect(clockIn(timeZone, () => moment.getTime()).today()).toBe(expected);
        },
      ),
    );
  });

  it('gives times in UTC with milliseconds, so that they sort as text', () => {
    expect(clockIn('Asia/Shanghai', at('2020-06-29T08:00:00+08:00')).now()).toBe('2020-06-29T00:00:00.000Z');
    expect(clockIn('UTC', at('2020-06-29T00:00:00.007Z')).now()).toBe('2020-06-29T00:00:00.007Z');
  });

  it.each([
    ['Asia/Shanghai', '2020-06-29', '2020-06-28T16:00:00.000Z'],
    ['UTC', '2020-06-29', '2020-06-29T00:00:00.000Z'],
    ['America/New_York', '2020-06-29', '2020-06-29T04:00:00.000Z'],
    ['Europe/Berlin', '2026-03-30', '2026-03-29T22:00:00.000Z'],
    // Before 1901 Shanghai used local solar time.
    ['Asia/Shanghai', '1890-01-01', '1889-12-31T15:54:17.000Z'],
  ])('in %s the day %s starts at %s, and not a millisecond before', (timeZone, day, moment) => {
    const calendar = clockIn(timeZone);
    expect(calendar.startOf(day)).toBe(moment);
    expect(calendar.dayOf(moment)).toBe(day);
    expect(calendar.dayOf(new Date(Date.parse(moment) - 1).toISOString()) < day).toBe(true);
  });

  it('uses the machine’s time by default', () => {
    const before = Date.now();
    const shown = Date.parse(clockIn('UTC').now());
    expect(shown).toBeGreaterThanOrEqual(before);
    expect(shown).toBeLessThanOrEqual(Date.now());
  });

  it.each(['Asia/Shanghai', 'UTC', 'Europe/Berlin'])('accepts the time zone %s', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  it.each(['Mars/Olympus', '', 'Shanghai', 'UTC+25'])('does not accept the time zone “%s”', (name) => {
    expect(isTimeZone(name)).toBe(false);
  });
});
