import fc from 'fast-check';
import { expect, it } from 'vitest';
import { utf8Encoder } from '../../src/sheets/utf8.ts';

it('consecutive texts become the bytes of the whole, however many came before', () => {
  const texts = fc.array(fc.string({ unit: 'binary', maxLength: 40 }));
  fc.assert(
    fc.property(fc.array(texts), (batches) => {
      const encode = utf8Encoder();
      for (const batch of batches) expect(Buffer.from(encode(batch))).toEqual(Buffer.from(batch.join('')));
    }),
  );
});

it('returned bytes do not change later', () => {
  const encode = utf8Encoder();
  const first = encode(['项目', '😀']);
  encode(['other']);
  expect(Buffer.from(first).toString()).toBe('项目😀');
});
