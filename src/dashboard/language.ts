/** The language of the page: that of its address, else that of the browser. */
import { address } from './address.ts';

export type Language = 'zh' | 'en';
export interface Text {
  zh: string;
  en: string;
}

export function language(): Language {
  const chosen = address().get('lang');
  if (chosen === 'zh' || chosen === 'en') return chosen;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export const inLanguage = (text: Text): string => text[language()];

/** The name of a record: the one in the language of the page, if there is one. */
export const nameOf = (record: { name: string | null; nameEn?: string | null }): string | null =>
  language() === 'en' ? (record.nameEn ?? record.name) : record.name;

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
