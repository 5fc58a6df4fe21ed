import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical } from '../../src/log/canonical.ts';
import { hashOf } from '../../src/log/service.ts';
import { runs } from '../support/runs.ts';

/** Keys that JavaScript reorders, and keys that are prefixes of others. */
const key = fc.oneof(
  fc.constantFrom('9', '10', '0', 'a', 'ab', 'B', 'é', '甲', '\u{1F600}', ''),
  fc.string(),
);
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { withCrossShrink: true },
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, fc.oneof(tie('value'), fc.constant(undefined)), { maxKeys: 5 }),
  ),
})).value;

const fields = fc.dictionary(key, value, { maxKeys: 6 });

/** The same value with sorted keys, like most records. */
const inOrder = (given: unknown): unknown =>
  JSON.parse(canonicalize(given) as string, (_, member) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );

describe('canonical JSON', () => {
  it('is that of RFC 8785, with keys in any order', () => {
    fc.assert(
      fc.property(fields, (given) => {
        const expected = canonicalize(given);
        expect(canonical(given)).toBe(expected);
        expect(canonical(inOrder(given) as object)).toBe(expected);
      }),
      { numRuns: runs(2_000) },
    );
  });

  it('of a log entry is the input of its hash', () => {
    const text = fc.string({ unit: 'grapheme' });
    const entry = fc.record({
      seq: fc.integer({ min: 1 }),
      entity: text,
      entityId: text,
      action: text,
      actor: text,
      requestId: fc.option(text),
      at: text,
      fields: fc.dictionary(key, fc.record({ before: value, after: value }, { requiredKeys: [] })),
      previousHash: fc.stringMatching(/^[0-9a-f]{64}$/),
    });
    fc.assert(
      fc.property(entry, (given) => {
        const expected = createHash('sha256')
          .update(canonicalize(given) as string)
          .digest('hex');
        expect(hashOf(given)).toBe(expected);
      }),
      { numRuns: runs(1_000) },
    );
  });
});
