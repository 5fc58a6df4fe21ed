import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markdownOf } from '../../src/features/briefing/markdown.ts';
import { sentences } from '../../src/features/briefing/sentences.ts';
import { type Fact, factsOf, type Sentence, say } from '../../src/features/briefing/wording.ts';
import { runs } from '../support/runs.ts';

const fact = (text: string, number = 2): Fact => ({ text, figures: [], names: [], number });
const facts = (given: Record<string, Fact>) => new Map(Object.entries(given));

describe('a sentence', () => {
  const sentence: Sentence = {
    code: 'test',
    opening: [{ zh: '其中，', en: 'Of these, ' }],
    clauses: [
      [
        { needs: ['more'], zh: '{a}和{b}个', en: '{a} and {b:one|many}' },
        { zh: '{a}个', en: '{a}' },
      ],
      [{ zh: '{b}', en: '{b} {b:is|are}' }],
      [{ zh: '{c}', en: '{c}' }],
    ],
  };
  const both = (given: Record<string, Fact>) =>
    (['zh', 'en'] as const).map((language) => say(sentence, facts(given), language)?.text);

  it('uses the first wording whose facts all exist', () => {
    expect(both({ a: fact('1'), b: fact('2', 1), more: fact('') })).toEqual([
      '其中，1和2个；2。',
      'Of these, 1 and one; and 2 is.',
    ]);
    expect(both({ a: fact('1'), more: fact('') })).toEqual(['其中，1个。', 'Of these, 1.']);
  });

  it('leaves out a clause with a missing fact', () => {
    expect(both({ b: fact('2') })).toEqual(['其中，2。', 'Of these, 2 are.']);
    expect(both({ a: fact('1'), b: fact('2'), c: fact('3') })).toEqual([
      '其中，1个；2；3。',
      'Of these, 1; 2 are; and 3.',
    ]);
  });

  it('is left out without any clause', () => {
    expect(both({})).toEqual([undefined, undefined]);
  });

  it('inserts facts verbatim, and has one full stop', () => {
    expect(both({ c: fact('{a} $& $1 Co.') })).toEqual(['其中，{a} $& $1 Co.。', 'Of these, {a} $& $1 Co.']);
  });
});

describe('the sentences', () => {
  const wordings = sentences.flatMap(({ code, opening = [], clauses }) =>
    [opening, ...clauses].flat().map((wording) => [code, wording] as const),
  );

  it('have unique codes', () => {
    const codes = sentences.map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it.each(wordings)('of %s state the same in both languages', (_, wording) => {
    // The venue of an event is recorded in Chinese only.
    const named = (language: 'zh' | 'en') =>
      [...new Set(factsOf(wording, language))].filter((name) => name !== 'hostCity').sort();
    expect(named('en')).toEqual(named('zh'));
  });

  it.each(wordings)(
    'of %s contain no literal digits, no spaces in Chinese, and the punctuation of their language',
    (_, { zh, en }) => {
      const typed = (text: string) => text.replaceAll(/\{[^}]*\}/g, '');
      expect(typed(zh)).toMatch(/^[\p{Script=Han}，：（）、]*$/u);
      expect(typed(en)).toMatch(/^[A-Za-z ,:()-]*$/);
    },
  );
});

describe('Markdown', () => {
  const SPECIAL = /[\\`*_[\]<>&~|]/;

  it.each([
    ['*A* _b_ [c](d) <e> `f`', '\\*A\\* \\_b\\_ \\[c\\](d) \\<e\\> \\`f\\`'],
    ['![x](y) &amp; \\ ~~z~~ a|b', '!\\[x\\](y) \\&amp; \\\\ \\~\\~z\\~\\~ a\\|b'],
    ['# A', '\\# A'],
    ['- A', '\\- A'],
    ['+ A', '\\+ A'],
    ['> A', '\\> A'],
    ['=== A', '\\=== A'],
    ['1. A', '1\\. A'],
    ['2020) A', '2020\\) A'],
    ['2020 A. B - C', '2020 A. B - C'],
    ['截至2022年8月31日，83.4%。', '截至2022年8月31日，83.4%。'],
  ])('of %s is %s', (text, expected) => {
    expect(markdownOf(text)).toBe(expected);
  });

  it('keeps any text readable as it was, without markup', () => {
    const character = fc.constantFrom(...'\\`*_[]<>&~|#+-=.)1 aé长');
    fc.assert(
      fc.property(fc.array(character, { maxLength: 12 }), (characters) => {
        const text = characters.join('').trim();
        const markdown = markdownOf(text);
        // How CommonMark interprets backslashes.
        const literal: string[] = [];
        const bare: string[] = [];
        for (let i = 0; i < markdown.length; i++) {
          const escaped = markdown[i] === '\\' && /[!-/:-@[-`{-~]/.test(markdown[i + 1] ?? '');
          if (escaped) i += 1;
          literal.push(markdown[i] as string);
          if (!escaped) bare.push(markdown[i] as string);
        }
        expect(literal.join('')).toBe(text);
        expect(bare.filter((one) => SPECIAL.test(one))).toEqual([]);
        expect(markdown).not.toMatch(/^([#+=-]|\d{1,9}[.)])/);
      }),
      { numRuns: runs(2_000) },
    );
  });
});
