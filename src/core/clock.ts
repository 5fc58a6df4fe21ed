/** The clock, passed in wherever it is needed, so that tests can choose the day. */
export interface Clock {
  /** This moment, RFC 3339 in UTC with milliseconds. */
  now(): string;
  /** This moment, in milliseconds since 1970. */
  milliseconds(): number;
  /** Today's date in the service's time zone, `2020-06-29`. */
  today(): string;
}

/** A clock that also knows which days other moments belong to, in the service's time zone. */
export interface Calendar extends Clock {
  /** When a day begins, RFC 3339 in UTC. */
  startOf(day: string): string;
  /** The day of a moment. @param moment RFC 3339 */
  dayOf(moment: string): string;
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * When a day begins in a time zone, RFC 3339 in UTC.
 * @param day `2020-06-29`
 */
export function startOfDay(day: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const offsetAt = (moment: number) => Date.parse(`${format.format(moment).replace(' ', 'T')}Z`) - moment;
  // Once more, because the offset at the first guess may be that of the day before.
  const guess = midnight - offsetAt(midnight);
  return new Date(midnight - offsetAt(guess)).toISOString();
}

/** A clock that shows the day of a time zone; `milliseconds` gives the time since 1970. */
export function clockIn(timeZone: string, milliseconds: () => number = Date.now): Calendar {
  // Swedish writes dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone });
  let minute = Number.NaN;
  let day = '';
  return {
    milliseconds,
    now: () => new Date(milliseconds()).toISOString(),
    today: () => {
      // Formatting costs microseconds; days begin on a whole minute in every time zone.
      const current = Math.floor(milliseconds() / 60_000);
      if (current !== minute) {
        minute = current;
        day = format.format(current * 60_000);
      }
      return day;
    },
    startOf: (day) => startOfDay(day, timeZone),
    dayOf: (moment) => format.format(Date.parse(moment)),
  };
}
