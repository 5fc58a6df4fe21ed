import fc from 'fast-check';
import { expect, it } from 'vitest';
import { utf8Encoder } from '../../src/sheets/utf8.ts';

it('texts that follow each other become the bytes of the whole, however many came before', () => {
  const texts = fc.array(fc.string({ unit: 'binary', maxLength: 40 }));
  fc.assert(
    fc.property(fc.array(texts), (batches) => {
      const encode = utf8Encoder();
      for (const batch of batches) expect(Buffer.from(encode(batch))).toEqual(Buffer.from(batch.join('')));
    }),
  );
});

it('bytes that were given out stay as they are', () => {
  const encode = utf8Encoder();
  const first = encode(['项目', '😀']);
  encode(['other']);
  expect(Buffer.from(first).toString()).toBe('项目😀');
});
