/** Currencies other than the yuan, as cells and headings name them. */
import type { Unit } from '../units.ts';
import { wordOf } from './cells.ts';
import { multiples } from './unit-words.ts';

/** Names in use that are not those of Unicode. */
const MORE: Readonly<Record<string, readonly string[]>> = {
  USD: ['美金'],
  EUR: ['euro'],
  HKD: ['港币'],
  JPY: ['日圆', 'yen'],
  GBP: ['pounds sterling'],
  KRW: ['韩币', '韩圆'],
  TWD: ['台币'],
  SGD: ['新元', '新币', '新加坡币', 's$'],
  AUD: ['澳元'],
  CAD: ['加元', 'c$'],
  MOP: ['澳门币', '澳币', 'mop$'],
  RUB: ['卢布', '₽'],
  THB: ['฿'],
};

type Display = 'symbol' | 'name';

function shown(currency: string, language: string, display: Display, count: number): string {
  const format = new Intl.NumberFormat(language, { style: 'currency', currency, currencyDisplay: display });
  return format.formatToParts(count).find(({ type }) => type === 'currency')?.value ?? currency;
}

/** That of the yuan too. */
const AMBIGUOUS = '¥';

interface Words {
  /** The code and the signs, which stand before or after a number and say nothing about its unit. */
  signs: readonly string[];
  /** What is written after a number, and counts it in single units. */
  names: readonly string[];
}

function wordsFor(currency: string): Words {
  const signs = ['en', 'zh-CN'].map((language) => shown(currency, language, 'symbol', 1));
  const names = [1, 2].map((count) => shown(currency, 'en', 'name', count));
  const more = MORE[currency] ?? [];
  const isSign = (word: string) => !/\p{L}{2}/u.test(word);
  return {
    signs: [...new Set([currency, ...signs, ...more.filter(isSign)])]
      .map(wordOf)
      .filter((sign) => sign !== AMBIGUOUS),
    names: [shown(currency, 'zh-CN', 'name', 1), ...names, ...more.filter((word) => !isSign(word))].map(
      wordOf,
    ),
  };
}

const escaped = (word: string): string =>
  word.replaceAll(/[$.*+?^()[\]{}|\\]/g, '\\$&').replaceAll(' ', '\\s*');

/** One of several words in a regular expression; the longest first. */
const anyOf = (words: Iterable<string>): string =>
  [...words]
    .toSorted((a, b) => b.length - a.length)
    .map(escaped)
    .join('|');

const MULTIPLE = `(?:${anyOf(multiples.keys())})?`;
const unitOfMultiple = new Map([...multiples].map(([word, unit]) => [word.replaceAll(' ', ''), unit]));

/** Not part of a longer word or number: 千万美元 is in no unit that there is. */
const START = '(?<![a-z\\p{Sc}])(?<!(?:[\\d十百千万亿]|thousand|million|billion)\\s*)';

export interface Currency {
  code: string;
  /** In regular expressions: the signs, and the names. */
  signs: string;
  names: string;
  /** The unit in a text that names the currency, such as `投资额(万美元)` or `Amount in USD million`. */
  unitIn(text: string): Unit | undefined;
}

export function currencyOf(code: string): Currency {
  const words = wordsFor(code);
  const [signs, names] = [anyOf(words.signs), anyOf(words.names)];
  const any = `(?:${names}|${signs})`;
  const unit = new RegExp(
    `${START}(?:(?<before>${MULTIPLE})\\s*${any}|${any}\\s*(?<after>${MULTIPLE}))[)\\]】〕}]*$`,
    'u',
  );
  return {
    code,
    signs,
    names,
    unitIn: (text) => {
      const found = unit.exec(wordOf(text))?.groups;
      return found && unitOfMultiple.get((found.before || found.after || '').replaceAll(/\s/g, ''));
    },
  };
}

/** Those that headings of lists are looked through for. */
const FREQUENT = [...Object.keys(MORE), 'CHF'];

/** The currency that a text names, with the unit in which it counts. */
export function currencyNamedIn(text: string): { currency: string; unit: Unit } | undefined {
  for (const code of FREQUENT) {
    const unit = currencyOf(code).unitIn(text);
    if (unit) return { currency: code, unit };
  }
  return undefined;
}
