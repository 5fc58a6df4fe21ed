/**
 * Characters that are not accepted, by their names. With an invisible one, a name looks like another or empty, and is not
 * found by its visible text.
 */
import type { Message } from '../core/languages.ts';

/** Default-ignorable characters, interlinear annotations, and the two blanks classified as symbols. */
const HIDDEN = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u2800\u{1d159}]/u;
const UNPLAIN = /\p{Cc}|\p{Cs}|(?<=\p{M}{30})\p{M}/u;
const UNPLAIN_LINES = /(?![\t\n\r])\p{Cc}|\p{Cs}|(?<=\p{M}{30})\p{M}/u;
const EVERY_HIDDEN = new RegExp(HIDDEN, 'gu');

const SEEN = /[^\s\p{M}\p{Cc}\p{Noncharacter_Code_Point}]/u;

/** Their names; the first match applies. */
const names: readonly (Message & { characters: RegExp })[] = [
  { characters: /\u00ad/, en: 'soft hyphen', zh: '软连字符' },
  { characters: /\u034f/, en: 'combining grapheme joiner', zh: '组合字位连接符' },
  {
    characters: /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/,
    en: 'control of the writing direction',
    zh: '文字方向控制符',
  },
  { characters: /[\u115f\u1160\u3164\uffa0]/, en: 'Hangul filler', zh: '谚文填充符' },
  { characters: /[\u180b-\u180f]/, en: 'Mongolian format control', zh: '蒙古文格式控制符' },
  { characters: /\u200b/, en: 'zero width space', zh: '零宽空格' },
  { characters: /\u200c/, en: 'zero width non-joiner', zh: '零宽不连字' },
  { characters: /\u200d/, en: 'zero width joiner', zh: '零宽连字' },
  { characters: /\u2060/, en: 'word joiner', zh: '词连接符' },
  { characters: /[\u2061-\u2064]/, en: 'invisible operator', zh: '不可见运算符' },
  { characters: /\u2800/, en: 'blank Braille pattern', zh: '空白盲文' },
  { characters: /\ufeff/, en: 'byte order mark', zh: '字节顺序标记' },
  { characters: /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u, en: 'variation selector', zh: '字形变体选择符' },
  { characters: /[\ufff9-\ufffb]/, en: 'mark of an annotation', zh: '行间注释符' },
  { characters: /[\u{e0000}-\u{e007f}]/u, en: 'tag character', zh: '标签字符' },
  { characters: /[\t\n\r]/, en: 'tab or line break', zh: '制表符或换行符' },
  { characters: /\p{Cc}/u, en: 'control character', zh: '控制字符' },
  { characters: /\p{Cs}/u, en: 'half of a character', zh: '不完整的字符' },
  { characters: /\p{M}/u, en: 'more combining marks than a character can have', zh: '过多的组合符号' },
  { characters: /./su, en: 'invisible character', zh: '不可见字符' },
];

/** A character of a text that is not accepted, with its position, counted from 1. */
export type Found = { character: Message; position: number };

/** The first match of a pattern for single characters. */
function firstOf(text: string, pattern: RegExp): Found | undefined {
  const found = pattern.exec(text);
  if (!found) return undefined;
  const [character] = found;
  const point = `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;
  const { en, zh } = names.find(({ characters }) => characters.test(character)) as Message;
  return {
    character: { en: `${point} (${en})`, zh: `${point}（${zh}）` },
    position: Array.from(text.slice(0, found.index)).length + 1,
  };
}

/** The first hidden character of a text. */
export const hiddenIn = (text: string): Found | undefined => firstOf(text, HIDDEN);

/**
 * The first character that is no text. NUL and lone surrogates break PostgreSQL, other control characters break files and
 * terminals. More than 30 marks on one character are no text (UAX #15, Stream-Safe Text Format), and to bring them in order
 * takes the square of their number.
 */
export const unplainIn = (text: string, allowLines: boolean): Found | undefined =>
  firstOf(text, allowLines ? UNPLAIN_LINES : UNPLAIN);

export const withoutHidden = (text: string): string => text.replace(EVERY_HIDDEN, '');

/** Whether a text without hidden characters has any visible ones. */
export const isSeen = (text: string): boolean => SEEN.test(text);
