import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duplicateKeyIn } from '../../src/core/json.ts';

const found = (text: string) => duplicateKeyIn(text, JSON.parse(text));

describe('a key that stands twice', () => {
  it.each([
    ['{"a":1,"a":2}', '/a'],
    ['{"a" : 1 , "a" : 1}', '/a'],
    ['{"a":1,"\\u0061":2}', '/a'],
    ['{"a":{"b":[{"c":1},{"d":1,"d":2}]}}', '/a/b/1/d'],
    ['[1,{"x/y":1,"x/y":2}]', '/1/x~1y'],
    ['{"a":"\\":","b":1,"b":2}', '/b'],
    ['{"a":[],"b":{},"a":0}', '/a'],
  ])('in %s is found', (text, pointer) => {
    expect(found(text)).toBe(pointer);
  });

  it.each([
    '{}',
    '[]',
    '1',
    '"a:"',
    '{"a":{"a":{"a":1}}}',
    '[{"a":1},{"a":2}]',
    '{"a":"b\\":c","b":"{\\"a\\":1}"}',
  ])('is not in %s', (text) => {
    expect(found(text)).toBeUndefined();
  });

  it('is found however deeply it stands, and in however long a text', () => {
    const deep = `${'['.repeat(50_000)}{"a":1,"a":2}${']'.repeat(50_000)}`;
    expect(found(deep)).toMatch(/^(\/0){50000}\/a$/);
    const long = JSON.stringify('"\\:'.repeat(500_000));
    expect(found(`{"a":${long},"b":1,"b":2}`)).toBe('/b');
  });

  it('is in no text that was written from a value, and in each to which one is added', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), fc.constantFrom(undefined, 1), (value, key, space) => {
        const text = JSON.stringify(value, null, space);
        expect(found(text)).toBeUndefined();
        const twice = `{${JSON.stringify(key)}:${text},${JSON.stringify(key)}:0}`;
        expect(found(twice)).toBe(`/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
      }),
    );
  });
});
