/** Random sheets of every layout and format, beside what each of their cells means. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reading } from '../support/reading.ts';
import { runs } from '../support/runs.ts';
import { row, workbook } from '../support/workbooks.ts';

/** A value; or the fault of the cell. */
type Meaning = { value: unknown } | { fault: string };

interface Written {
  /** In CSV; the text in a workbook too, unless it has a number. */
  text: string;
  /** In a workbook: a number, and the index of its format. */
  number?: { value: number; style: number };
  /** Of a text in CSV, and of what a workbook has; `unit` is that of the column in yuan. */
  means(unit: number): Meaning;
  meansAsNumber?(unit: number): Meaning;
}

const NOTHING: Meaning = { value: undefined };
const fault = (code: string): Meaning => ({ fault: code });
const value = (of: unknown): Meaning => ({ value: of });

const FORMATS = [
  'yyyy-mm-dd',
  'yyyy"年"m"月"',
  '#,##0.00',
  '"$"#,##0',
  '0.00"万元"',
  '0%',
  '#,##0,',
  '"项目"0',
];
const [DAY, MONTH, PLAIN, DOLLARS, WAN, PERCENT, SCALED, WORDED] = FORMATS.map((_, i) => i + 1) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];
const STYLES = [
  `<numFmts>${FORMATS.map((code, i) => `<numFmt numFmtId="${164 + i}" formatCode="${code.replaceAll('"', '&quot;')}"/>`).join('')}</numFmts>`,
  `<cellXfs><xf numFmtId="0"/>${FORMATS.map((_, i) => `<xf numFmtId="${164 + i}"/>`).join('')}</cellXfs>`,
].join('');

const always = (text: string, meaning: Meaning): Written => ({ text, means: () => meaning });
const marks = ['/', '—', 'N/A', '无', '待定'].map((mark) => always(mark, NOTHING));
const blank = always('', NOTHING);

/** 2023-05-01 and the days after it. */
const FIRST = 45_047;
const dayAfter = (days: number): string => new Date(Date.UTC(2023, 4, 1 + days)).toISOString().slice(0, 10);

const aDay: fc.Arbitrary<Written> = fc.oneof(
  fc.integer({ min: 0, max: 400 }).chain((days) =>
    fc.constantFrom<Written>(
      {
        text: dayAfter(days),
        number: { value: FIRST + days, style: DAY },
        means: () => value(dayAfter(days)),
      },
      always(dayAfter(days).replaceAll('-', '/'), value(dayAfter(days))),
      {
        text: dayAfter(days).slice(0, 7),
        number: { value: FIRST + days, style: MONTH },
        means: () => fault('only_a_month'),
      },
    ),
  ),
  fc.constantFrom(...marks, blank, always('未开工', NOTHING), always('昨天', fault('not_a_day'))),
);

const anAmount: fc.Arbitrary<Written> = fc.oneof(
  fc.integer({ min: 1, max: 99_999 }).chain((n) => {
    const inUnit = (unit: number) => value(n * unit);
    const numbered = (style: number, meansAsNumber: Written['means'] = inUnit): Written => ({
      text: String(n),
      number: { value: n, style },
      means: inUnit,
      meansAsNumber,
    });
    return fc.constantFrom<Written>(
      { text: `"${n.toLocaleString('en')}"`, means: inUnit },
      numbered(0),
      numbered(PLAIN),
      numbered(WORDED),
      numbered(WAN, () => value(n * 10_000)),
      numbered(DOLLARS, () => fault('not_money')),
      numbered(PERCENT, () => fault('not_money')),
      numbered(SCALED, () => fault('scaled_number')),
      { text: `${n}万元`, means: () => value(n * 10_000) },
      always(`约${n}`, fault('not_money')),
    );
  }),
  fc.constantFrom(...marks, blank),
);

const aRegion = fc.constantFrom(
  always('长沙市', value('长沙市')),
  always('430200', value('430200')),
  blank,
  ...marks,
);
const aText = fc.constantFrom(
  always('老厂', value('老厂')),
  always('/', value('/')),
  always('12', value('12')),
  blank,
);

const COLUMNS = [
  {
    field: 'name',
    heading: '项目名称',
    cell: fc.constantFrom(always('甲', value('甲')), always('乙', value('乙'))),
  },
  { field: 'region', heading: '属地', cell: aRegion },
  { field: 'signedOn', heading: '签约日期', cell: aDay },
  { field: 'note', heading: '备注', cell: aText },
  { field: 'investmentYuan', heading: '总投资', cell: anAmount, isAmount: true },
  { field: 'contractedFundsYuan', heading: '合同引资额', cell: anAmount, isAmount: true },
] as const;
const isAmount = (column: number) => 'isAmount' in (COLUMNS[column] as object);
const LETTERS = 'BCDEFG';
const AMOUNTS = COLUMNS.filter((column) => 'isAmount' in column);

const UNITS = { 元: 1, 万元: 10_000, 亿元: 100_000_000 } as const;

const sheets = fc.record({
  rows: fc.array(fc.tuple(...COLUMNS.map(({ cell }) => cell)), { minLength: 1, maxLength: 8 }),
  unit: fc.constantFrom(...(Object.keys(UNITS) as (keyof typeof UNITS)[])),
  unitFrom: fc.constantFrom('heading', 'above', 'over'),
  hasTwoRows: fc.boolean(),
  /** For each column, at which rows a merged cell ends. */
  ends: fc.tuple(...COLUMNS.map(() => fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }))),
});
type Sheet = typeof sheets extends fc.Arbitrary<infer S> ? S : never;

/** The headings, and in workbooks their merged cells. */
function headingsOf({ unit, unitFrom, hasTwoRows }: Sheet) {
  const isOver = unitFrom === 'over' && hasTwoRows;
  const own = unitFrom === 'above' || isOver ? '' : `（${unit}）`;
  const names = ['项目编号', ...COLUMNS.map((column) => column.heading + ('isAmount' in column ? own : ''))];
  const above = unitFrom === 'above' ? [[`单位：${unit}`]] : [];
  if (!hasTwoRows) return { rows: [...above, names], merges: [] };
  const first = names.length - AMOUNTS.length;
  const upper = [...names.slice(0, first), `其中${isOver ? `（${unit}）` : ''}`, ''];
  const lower = [...names.slice(0, first).map(() => ''), ...names.slice(first)];
  const top = above.length + 1;
  const merges = [...`A${LETTERS}`].slice(0, first).map((letter) => `${letter}${top}:${letter}${top + 1}`);
  return { rows: [...above, upper, lower], merges: [...merges, `F${top}:G${top}`] };
}

const codeOf = (i: number) => `S-${i}`;

function csvOf(sheet: Sheet): string {
  const rows = sheet.rows.map((cells, i) => [codeOf(i), ...cells.map(({ text }) => text)]);
  return [...headingsOf(sheet).rows, ...rows].map((cells) => cells.join(',')).join('\r\n');
}

/** For each cell of a column, the first and last row of the merged cell that it is in. */
function spansOf({ rows, ends }: Sheet, column: number): { first: number; last: number }[] {
  const spans: { first: number; last: number }[] = [];
  let first = 0;
  for (let i = 0; i < rows.length; i++) {
    if (i < rows.length - 1 && !ends[column]?.[i]) continue;
    for (let j = first; j <= i; j++) spans.push({ first, last: i });
    first = i + 1;
  }
  return spans;
}

function workbookOf(sheet: Sheet): Buffer {
  const headings = headingsOf(sheet);
  const top = headings.rows.length + 1;
  const merges = new Set(headings.merges);
  const rows = sheet.rows.map((cells, i) => {
    const written = cells.map(({ text, number }, column) => {
      const { first, last } = spansOf(sheet, column)[i] as { first: number; last: number };
      if (last > first) merges.add(`${LETTERS[column]}${top + first}:${LETTERS[column]}${top + last}`);
      if (i > first) return null;
      if (number) return `<c r="${LETTERS[column]}${top + i}" s="${number.style}"><v>${number.value}</v></c>`;
      return text.replaceAll('"', '') || null;
    });
    return [codeOf(i), ...written];
  });
  const all = [...headings.rows, ...rows].map((cells, i) =>
    row(
      i + 1,
      cells.map((cell) => cell || null),
    ),
  );
  return workbook({ styles: STYLES, sheets: [{ rows: all.join(''), merges: [...merges] }] });
}

const asRead = (rows: Awaited<ReturnType<typeof reading>>['rows']) =>
  rows.map(({ fields, faults }) => ({
    code: fields.code,
    cells: COLUMNS.map(({ field }) => {
      const found = faults.filter((one) => one.field === field).map(({ code }) => code);
      return found.length > 0 ? { fault: found.join() } : { value: fields[field] ?? undefined };
    }),
  }));

const factor = ({ unit }: Sheet) => UNITS[unit];

describe('a random sheet', () => {
  it('of CSV is read as its cells mean', async () => {
    await fc.assert(
      fc.asyncProperty(sheets, async (sheet) => {
        const { rows } = await reading(csvOf(sheet));
        const meant = sheet.rows.map((cells, i) => ({
          code: codeOf(i),
          cells: cells.map((cell) => cell.means(factor(sheet))),
        }));
        expect(asRead(rows)).toEqual(meant);
      }),
      { numRuns: runs(500) },
    );
  });

  it('of a workbook too, with its merged cells', async () => {
    const meaningIn = (sheet: Sheet, i: number, column: number): Meaning => {
      const { first, last } = spansOf(sheet, column)[i] as { first: number; last: number };
      const {
        text,
        number,
        means,
        meansAsNumber = means,
      } = (sheet.rows[first] as Written[])[column] as Written;
      const meaning = (number ? meansAsNumber : means)(factor(sheet));
      const isNothing = 'value' in meaning && meaning.value === undefined;
      return last > first && isAmount(column) && text !== '' && !isNothing ? fault('merged_amount') : meaning;
    };
    await fc.assert(
      fc.asyncProperty(sheets, async (sheet) => {
        const { rows } = await reading(workbookOf(sheet));
        const meant = sheet.rows.map((cells, i) => ({
          code: codeOf(i),
          cells: cells.map((_, column) => meaningIn(sheet, i, column)),
        }));
        expect(asRead(rows)).toEqual(meant);
      }),
      { numRuns: runs(500) },
    );
  });
});
