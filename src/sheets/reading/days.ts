/** Parses days as people and spreadsheets write them. */
import { plain, type ReadCell, Unreadable } from './cells.ts';

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

const daysIn = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : (LENGTHS[month - 1] ?? 0);

/** The day as `2020-06-29`, if it exists. */
function dayOf(year: string, month: string, day: string): string | Unreadable {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  if (d < 1 || d > daysIn(y, m)) return new Unreadable('not_a_day');
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

const ISO_DAY = /^\d{4}-\d\d-\d\d$/;
const YEAR_FIRST =
  /^(\d{4}) ?(?:([-/.]) ?(\d{1,2}) ?\2 ?(\d{1,2})|年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日?)(?!\d)(.*)$/;
const EIGHT_DIGITS = /^(\d{4})(\d\d)(\d\d)$/;
const YEAR_LAST = /^\d{1,2}[-/.]\d{1,2}[-/.](\d{4}|\d\d)\b/;

/** A time of day after a day, with or without an offset: the day is taken as written. */
const TIME = /^(?:T| +)(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d+))?)? ?([AP]M)? ?(?:Z|[+-]\d\d:?\d\d)?$/i;

function isMidnight([, hour, minute, second = '0', fraction = '0', half]: RegExpExecArray): boolean {
  const noon = half?.toUpperCase() === 'PM';
  const isFirstHour = half ? Number(hour) === 12 && !noon : Number(hour) === 0;
  return isFirstHour && [minute, second, fraction].every((part) => Number(part) === 0);
}

/** The rest after a day may only be empty or midnight, unless times are to be cut off. */
function behind(day: string | Unreadable, rest: string, isTimeCut: boolean): string | Unreadable {
  if (rest === '' || day instanceof Unreadable) return day;
  const time = TIME.exec(rest);
  if (!time) return new Unreadable('not_a_day');
  return isTimeCut || isMidnight(time) ? day : new Unreadable('time_of_day');
}

const MONTH_NAMES = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

const YEAR = /^((?:19|20)\d\d) ?年?$/;
const YEAR_MONTH = /^(\d{4}) ?(?:[-/.] ?(\d{1,2})|年 ?(\d{1,2}) ?月?(?:份)?)$/;
const MONTH_YEAR = new RegExp(`^(${MONTH_NAMES.join('|')})[a-z]*\\.?[ ,-]+(\\d{4})$`, 'i');

/** Which day a month or a year stands for. */
export const daysOfPeriods = ['first', 'last'] as const;
export type DayOfPeriod = (typeof daysOfPeriods)[number];

/** The month, or year, that a text names. */
function periodOf(text: string): { year: string; months: [first: number, last: number] } | undefined {
  const year = YEAR.exec(text)?.[1];
  if (year) return { year, months: [1, 12] };
  const named = MONTH_YEAR.exec(text);
  const numbered = YEAR_MONTH.exec(text);
  const month = named
    ? MONTH_NAMES.indexOf((named[1] as string).toLowerCase()) + 1
    : Number(numbered?.[2] ?? numbered?.[3] ?? 0);
  if (month < 1 || month > 12) return undefined;
  return { year: (named?.[2] ?? numbered?.[1]) as string, months: [month, month] };
}

/** Days, and months or years if it is said on which of their days they count. */
export const readPeriodBy =
  (read: ReadCell, day: DayOfPeriod | null): ReadCell =>
  (text) => {
    const period = ISO_DAY.test(text) ? undefined : periodOf(plain(text));
    if (!period) return read(text);
    const { year, months } = period;
    const [first, last] = months;
    if (day === null) return new Unreadable(first === last ? 'only_a_month' : 'only_a_year');
    const month = day === 'first' ? first : last;
    return dayOf(year, String(month), String(day === 'first' ? 1 : daysIn(Number(year), month)));
  };

/** Days with the year first, which are unambiguous. */
export const readDay: ReadCell = (text) => {
  if (ISO_DAY.test(text)) return dayOf(text.slice(0, 4), text.slice(5, 7), text.slice(8));
  const written = plain(text);
  const parts = YEAR_FIRST.exec(written);
  if (parts) {
    const [, year = '', , month = parts[5] ?? '', day = parts[6] ?? '', , , rest = ''] = parts;
    return behind(dayOf(year, month, day), rest, false);
  }
  const digits = EIGHT_DIGITS.exec(written);
  if (digits) return dayOf(digits[1] ?? '', digits[2] ?? '', digits[3] ?? '');
  return new Unreadable(YEAR_LAST.test(written) ? 'ambiguous_day' : 'not_a_day');
};

/** The parts of a date pattern as regular expressions. */
const PARTS = { YYYY: '(?<year>\\d{4})', MM: '(?<month>\\d{1,2})', DD: '(?<day>\\d{1,2})' };

/**
 * Days in the formats of a mapping, the first that matches; or with the year first.
 * @param formats such as `MM/DD/YYYY`; one that ends with ` hh:mm` discards a time of day
 */
export function readDayBy(formats: readonly string[]): ReadCell {
  const forms = formats.map((format) => {
    const [date = '', time] = format.split(' ');
    // Without separators, the parts have a fixed number of digits.
    const digits = /^[YMD]+$/.test(date) ? '\\d{2}' : '\\d{1,2}';
    const pattern = date
      .replaceAll('.', '\\.')
      .replaceAll(/YYYY|MM|DD/g, (part) => PARTS[part as keyof typeof PARTS].replace('\\d{1,2}', digits));
    return { pattern: new RegExp(`^${pattern}(?!\\d)(?<rest>.*)$`), isTimeCut: time !== undefined };
  });
  return (text) => {
    const written = plain(text);
    let first: Unreadable | undefined;
    for (const { pattern, isTimeCut } of forms) {
      const found = pattern.exec(written)?.groups;
      if (!found) continue;
      const { year = '', month = '', day = '', rest = '' } = found;
      const read = behind(dayOf(year, month, day), rest, isTimeCut);
      if (typeof read === 'string') return read;
      first ??= read;
    }
    return first ?? readDay(text);
  };
}

const DAY_MS = 86_400_000;
const EPOCH_1900 = Date.UTC(1899, 11, 31);
const EPOCH_1904 = Date.UTC(1904, 0, 1);

/** 29 February 1900, which Lotus 1-2-3 took for a valid day, and Excel still does. */
const NO_DAY = 60;
const LAST_SERIAL = 2_958_465;

/**
 * The date of a spreadsheet's serial number: `2020-06-29`, or `2020-06-29T08:00:00` if it has a time of day,
 * to the second; only the time for numbers below 1.
 */
export function textOfSerial(serial: number, is1904: boolean): string | Unreadable {
  const seconds = Math.round(serial * 86_400);
  const number = Math.floor(seconds / 86_400);
  const isDay = number >= (is1904 ? 0 : 1) && number <= LAST_SERIAL && (is1904 || number !== NO_DAY);
  const time = new Date((seconds - number * 86_400) * 1000).toISOString().slice(11, 19);
  if (!isDay) {
    return number === 0 ? time : new Unreadable('not_a_day', undefined, String(serial));
  }
  const offset = is1904 || number < NO_DAY ? number : number - 1;
  const day = new Date((is1904 ? EPOCH_1904 : EPOCH_1900) + offset * DAY_MS).toISOString().slice(0, 10);
  return time === '00:00:00' ? day : `${day}T${time}`;
}
