import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { NewProject, ProjectChanges } from '../../src/features/projects/schema.ts';
import { checked } from '../../src/http/validation.ts';
import { checkedRow, defined } from '../../src/sheets/checked-row.ts';
import { runs } from '../support/runs.ts';

/** Valid, invalid and coerced values, repeated as in a file. */
const cell = fc.constantFrom<unknown>(
  undefined,
  null,
  '',
  ' 甲 ',
  '甲',
  'A-1',
  'provincial',
  '430100',
  '2020-02-29',
  '2021-02-29',
  'x'.repeat(65),
  'x'.repeat(301),
  'ﬁ\u0000',
  'e\u0301',
  0,
  1,
  1.5,
  -1,
  2 ** 53,
  true,
  false,
  [],
  ['0190A1B2-0000-7000-8000-000000000001'],
  {},
);
const names = [...Object.keys(NewProject.shape), 'colour', '__proto__', 'constructor'];
const right = {
  code: 'A-1',
  name: '甲',
  level: 'provincial',
  signedOn: '2020-02-29',
  investmentYuan: 1,
};
const row = fc.oneof(
  fc.dictionary(fc.constantFrom(...names), cell, { maxKeys: 6 }),
  fc
    .dictionary(fc.constantFrom(...names), cell, { maxKeys: 4 })
    .map((fields) => Object.assign(Object.fromEntries(Object.entries(right)), fields)),
);

describe('a row checked with a cache of valid values', () => {
  it.each([
    ['NewProject', NewProject],
    ['ProjectChanges', ProjectChanges],
    ['what has a rule of its own', NewProject.refine(({ name }) => name !== '甲', 'empty')],
    ['what fills in what is missing', z.strictObject({ code: z.string().default('none') })],
  ] as const)('has the same result as with the schema: %s', (_, schema) => {
    fc.assert(
      fc.property(row, (fields) => {
        const given = defined(fields);
        const expected = checked(schema as typeof NewProject, given);
        const { sound, faults } = checkedRow(schema as typeof NewProject, fields, []);
        expect(defined(sound)).toEqual(defined(expected.sound));
        const worded = expected.faults.map((fault) =>
          given[fault.pointer?.slice(1) ?? ''] === null
            ? { pointer: fault.pointer, code: 'required' }
            : fault,
        );
        expect(faults).toEqual(worded);
      }),
      { numRuns: runs(3_000) },
    );
  });
});
