import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowLines, rowParser } from '../../../src/sheets/reading/row-lines.ts';
import type { CellFault, ReadRow } from '../../../src/sheets/reading/rows.ts';

const NAMES = ['code', 'name', 'investors', 'note', 'has space', '__proto__x'];

const fault: CellFault = { field: 'note', column: 'D', heading: '备注', value: 'x', code: 'too_long' };
const row: fc.Arbitrary<ReadRow> = fc
  .record({
    row: fc.integer({ min: 1 }),
    fields: fc.dictionary(
      fc.constantFrom(...NAMES),
      fc.oneof(fc.jsonValue(), fc.constant(null), fc.string({ unit: 'grapheme' })),
    ),
    faults: fc.constantFrom<CellFault[]>([], [fault], [fault, fault]),
    texts: fc.option(fc.constantFrom({ note: '1,5' }), { nil: undefined }),
  })
  .map(({ texts, ...rest }) => ({ ...rest, ...(texts && { texts }) }));

describe('the lines between the reading process and the import', () => {
  it('preserve every row: values, cleared fields, and missing ones', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        const { names, line } = rowLines(NAMES);
        const [first = '', ...lines] = (names + rows.map(line).join('')).trimEnd().split('\n');
        const parse = rowParser(first);
        const back = lines.map(parse);
        // As in JSON, where -0 becomes 0.
        expect(back).toEqual(rows.map((one) => JSON.parse(JSON.stringify(one))));
        for (const { fields } of back) expect(Object.keys(fields)).toEqual(NAMES);
      }),
    );
  });
});
