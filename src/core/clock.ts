/** The clock, passed in wherever it is needed, so that tests can choose the day. */
export interface Clock {
  /** The current time, RFC 3339 in UTC with milliseconds. */
  now(): string;
  /** The current time, in milliseconds since 1970. */
  milliseconds(): number;
  /** Today's date in the service's time zone, `2020-06-29`. */
  today(): string;
}

/** A clock that also converts between days and times, in the service's time zone. */
export interface Calendar extends Clock {
  readonly timeZone: string;
  /** Start of a day, RFC 3339 in UTC. */
  startOf(day: string): string;
  /** The day of a point in time. @param moment RFC 3339 */
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
 * Start of a day in a time zone, RFC 3339 in UTC.
 * @param day `2020-06-29`
 */
export function startOfDay(day: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const offsetAt = (moment: number) => Date.parse(`${format.format(moment).replace(' ', 'T')}Z`) - moment;
  // Twice, because the offset at the first guess may be that of the day before.
  const guess = midnight - offsetAt(midnight);
  return new Date(midnight - offsetAt(guess)).toISOString();
}

/** A clock with the day of a time zone. @param milliseconds gives the time since 1970 */
export function clockIn(timeZone: string, milliseconds: () => number = Date.now): Calendar {
  // The Swedish date format is ISO 8601.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone });
  let minute = Number.NaN;
  let day = '';
  return {
    timeZone,
    milliseconds,
    now: () => new Date(milliseconds()).toISOString(),
    today: () => {
      // Formatting takes microseconds; in every time zone, days begin on a whole minute.
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
