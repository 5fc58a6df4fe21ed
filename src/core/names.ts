/** Names of codes in both languages. */
import type { Language } from './languages.ts';

export type Names = ReadonlyMap<string, { name: string; nameEn: string | null }>;

/** By code. */
export const named = (rows: readonly { code: string; name: string; nameEn: string }[]): Names =>
  new Map(rows.map(({ code, name, nameEn }) => [code, { name, nameEn }]));

/** The name of a code; the code itself if it has none. */
export const inWords = (code: string, words: Names | undefined, language: Language): string => {
  const word = words?.get(code);
  return (language === 'zh' ? word?.name : word?.nameEn) ?? code;
};
