/** Detection of invisible characters, over all of Unicode. */
import { describe, expect, it } from 'vitest';
import { hiddenIn, isSeen, withoutHidden } from '../../src/http/hidden-characters.ts';

const named: [string, string, string][] = [
  ['\u00ad', 'U+00AD (soft hyphen)', 'U+00AD（软连字符）'],
  ['\u061c', 'U+061C (control of the writing direction)', 'U+061C（文字方向控制符）'],
  ...[...'\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069'].map(
    (character): [string, string, string] => {
      const point = `U+${character.charCodeAt(0).toString(16).toUpperCase()}`;
      return [character, `${point} (control of the writing direction)`, `${point}（文字方向控制符）`];
    },
  ),
  ['\u115f', 'U+115F (Hangul filler)', 'U+115F（谚文填充符）'],
  ['\u1160', 'U+1160 (Hangul filler)', 'U+1160（谚文填充符）'],
  ['\u3164', 'U+3164 (Hangul filler)', 'U+3164（谚文填充符）'],
  ['\uffa0', 'U+FFA0 (Hangul filler)', 'U+FFA0（谚文填充符）'],
  ['\u180e', 'U+180E (Mongolian format control)', 'U+180E（蒙古文格式控制符）'],
  ['\u200b', 'U+200B (zero width space)', 'U+200B（零宽空格）'],
  ['\u200c', 'U+200C (zero width non-joiner)', 'U+200C（零宽不连字）'],
  ['\u200d', 'U+200D (zero width joiner)', 'U+200D（零宽连字）'],
  ['\u2060', 'U+2060 (word joiner)', 'U+2060（词连接符）'],
  ['\u2800', 'U+2800 (blank Braille pattern)', 'U+2800（空白盲文）'],
  ['\ufe0f', 'U+FE0F (variation selector)', 'U+FE0F（字形变体选择符）'],
  ['\u{e01ef}', 'U+E01EF (variation selector)', 'U+E01EF（字形变体选择符）'],
  ['\ufeff', 'U+FEFF (byte order mark)', 'U+FEFF（字节顺序标记）'],
  ['\ufff9', 'U+FFF9 (mark of an annotation)', 'U+FFF9（行间注释符）'],
  ['\u{e0001}', 'U+E0001 (tag character)', 'U+E0001（标签字符）'],
  ['\u{e007f}', 'U+E007F (tag character)', 'U+E007F（标签字符）'],
  ['\u{1d173}', 'U+1D173 (invisible character)', 'U+1D173（不可见字符）'],
];

describe('a hidden character', () => {
  it.each(named)('%j is named %s', (character, en, zh) => {
    // A character of two code units counts as one.
    expect(hiddenIn(`𠮷字${character}a`)).toEqual({ character: { en, zh }, position: 3 });
    expect(withoutHidden(`${character}字${character}a`)).toBe('字a');
  });

  it('is every one that Unicode renders as nothing, and no visible one', () => {
    const isHidden = (character: string) => hiddenIn(character) !== undefined;
    const others = new Set(['\u2800', '\u{1d159}', '\ufff9', '\ufffa', '\ufffb']);
    for (let point = 0; point <= 0x10ffff; point++) {
      if (point >= 0xd800 && point <= 0xdfff) continue;
      const character = String.fromCodePoint(point);
      const expected = /\p{Default_Ignorable_Code_Point}/u.test(character) || others.has(character);
      if (isHidden(character) !== expected) throw new Error(`U+${point.toString(16)}`);
      // Old systems encode rare names in private use areas, and newer ideographs may be unknown here.
      if (expected && /[\p{L}\p{N}\p{P}\p{S}\p{Co}]/u.test(character)) {
        expect('\u115f\u1160\u3164\uffa0\u2800\u{1d159}').toContain(character);
      }
    }
  });
});

describe('a text', () => {
  it.each(['a', '字', '１', '-', '😀', '𠮷', '\ue000', '\u{10fffd}', 'e\u0301', '·', '\u{323b0}'])(
    '%j has visible characters',
    (text) => {
      expect(isSeen(text)).toBe(true);
      expect(hiddenIn(text)).toBeUndefined();
    },
  );

  it.each(['\u0301', '\u0301\u0302', ' \u0301 ', '\u3000', '\u2028', '\uffff', '\u{1fffe}', '\u{16fe4}'])(
    '%j has none',
    (text) => {
      expect(isSeen(text)).toBe(false);
    },
  );
});
