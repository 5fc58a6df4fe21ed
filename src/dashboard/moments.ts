/** Times as the reader's clock shows them; the service's are in UTC. */
import { isDay } from './days.ts';
import { language } from './language.ts';
import { say } from './words.ts';

export const momentText = (at: string): string =>
  new Intl.DateTimeFormat(language() === 'zh' ? 'zh-CN' : 'en-GB', {
    dateStyle: 'medium',
    timeStyle: 'medium',
  }).format(new Date(at));

/** The times in a text of the service. */
export const withMoments = (text: string): string =>
  text.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (at) => momentText(at));

const padded = (number: number): string => String(number).padStart(2, '0');

/** The day and the time of an instant; empty if it is none. */
export function dayAndTimeOf(at: string): { day: string; time: string } {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return { day: '', time: '' };
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(padded).join('-');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(padded).join(':');
  return { day, time };
}

/** @param time with or without seconds */
export const instantAt = (day: string, time: string): string =>
  new Date(`${day}T${time}`).toISOString().replace('.000Z', 'Z');

/** What `knownAt` says: a day, which means its end, or a moment. */
export const knownText = (knownAt: string): string =>
  isDay(knownAt) ? say('endOf', { day: knownAt }) : momentText(knownAt);
