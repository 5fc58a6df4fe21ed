/** Random files compared with a naive model: previewed, committed as a whole, and committed in part. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, type Client, created, type TestApp, TODAY, testApp } from '../support/app.ts';
import { expectWholeLog } from '../support/change-log.ts';
import { runs } from '../support/runs.ts';
import { PROPERTY } from '../support/world.ts';
import { counts, editorOf, sheetOf, storedIn } from './rows.ts';
import { commit, preview } from './support.ts';

interface Model {
  name: string | null;
  level: string | null;
  signedOn: string | null;
  investmentYuan: number | null;
  contractedFundsYuan: number | null;
  startedOn: string | null;
  productionOn: string | null;
  region: string | null;
  investors: string[];
  version: number;
  isArchived: boolean;
}
type Field = Exclude<keyof Model, 'isArchived'>;

const FAULTY = 'faulty';
const REQUIRED = ['name', 'level', 'signedOn', 'investmentYuan'] as const;

/** The cells of a column and their meaning; any column may also have an empty cell. */
const columns: Record<Field, { heading: string; cells: Record<string, unknown> }> = {
  name: { heading: '项目名称', cells: { 甲: '甲', ' 乙 ': '乙', '丙\n丁': FAULTY } },
  level: { heading: '项目级别', cells: { 省级: 'provincial', county: 'county', 乡级: FAULTY } },
  signedOn: {
    heading: '签约日期',
    cells: { '2020-06-29': '2020-06-29', '2020年7月1日': '2020-07-01', 昨天: FAULTY, '2027-01-01': FAULTY },
  },
  investmentYuan: { heading: '投资总额(元)', cells: { 100: 100, '5.0': 5, 0: FAULTY } },
  contractedFundsYuan: { heading: '合同引资额(元)', cells: { 0: 0, 5: 5, 100: 100 } },
  startedOn: {
    heading: '开工日期',
    cells: { '2020-08-01': '2020-08-01', '2020/6/1': '2020-06-01', 去年: FAULTY },
  },
  productionOn: { heading: '投产日期', cells: { '2020-07-15': '2020-07-15', '2020-09-01': '2020-09-01' } },
  region: { heading: '行政区划', cells: { 430121: '430121', 株洲市: '430200', 999999: FAULTY } },
  investors: {
    heading: '投资方',
    cells: {
      甲公司: ['甲公司'],
      '乙公司\n甲公司': ['乙公司', '甲公司'],
      新公司: ['新公司'],
      '新公司；另一家': ['新公司', '另一家'],
    },
  },
  version: { heading: '版本', cells: { 1: 1, 2: 2 } },
};
const FIELDS = Object.keys(columns) as Field[];

const UNKNOWN: Model = {
  name: null,
  level: null,
  signedOn: null,
  investmentYuan: null,
  contractedFundsYuan: null,
  startedOn: null,
  productionOn: null,
  region: null,
  investors: [],
  version: 0,
  isArchived: false,
};

/** Existing projects, by the end of their code. */
const before: Record<string, Model> = {
  a: {
    ...UNKNOWN,
    name: '甲',
    level: 'provincial',
    signedOn: '2020-06-29',
    investmentYuan: 100,
    version: 1,
    region: '430121',
  },
  b: {
    ...UNKNOWN,
    name: '乙',
    level: 'county',
    signedOn: '2020-07-01',
    investmentYuan: 5,
    contractedFundsYuan: 5,
    startedOn: '2020-08-01',
    productionOn: '2020-09-01',
    investors: ['乙公司', '甲公司'],
    region: '430121',
    version: 2,
  },
  c: {
    ...UNKNOWN,
    name: '甲',
    level: 'county',
    signedOn: '2020-06-29',
    investmentYuan: 100,
    region: '430200',
    version: 1,
  },
  d: {
    ...UNKNOWN,
    name: '甲',
    level: 'county',
    signedOn: '2020-06-29',
    investmentYuan: 100,
    version: 2,
    isArchived: true,
  },
};
const CODES = [...Object.keys(before), 'e', 'f', 'g'];

type Row = { code: string } & Partial<Record<Field, string>>;
interface Options {
  isClearing: boolean;
  creates: boolean;
  isEditor: boolean;
}

/** The effect of a file: number of rows by outcome, and the resulting projects. */
function outcomeOf(rows: readonly Row[], options: Options) {
  const state = new Map(Object.entries(before).map(([code, model]) => [code, { ...model }]));
  const firms = new Set(['甲公司', '乙公司']);
  const met = new Set<string>();
  const tally = { created: 0, changed: 0, unchanged: 0, refused: 0, conflicts: 0 };
  for (const { code, ...cells } of rows) {
    const isRepeated = met.has(code);
    let isFaulty = isRepeated;
    met.add(code);
    const given: Partial<Record<Field, unknown>> = {};
    for (const [field, cell] of Object.entries(cells) as [Field, string][]) {
      if (cell === '') {
        if (options.isClearing && field !== 'version') given[field] = field === 'investors' ? [] : null;
      } else {
        given[field] = columns[field].cells[cell];
      }
      if (given[field] === FAULTY) isFaulty = true;
    }
    const { version, ...said } = given;
    const stored = state.get(code);
    const after = { ...(stored ?? UNKNOWN), ...said } as Model;
    if (stored && !stored.isArchived && !isFaulty && JSON.stringify(after) === JSON.stringify(stored)) {
      tally.unchanged += 1;
      continue;
    }
    const isComparable = stored !== undefined && !stored.isArchived && !isRepeated;
    const isConflict = isComparable && version !== undefined && version !== stored.version;
    const isForeign = options.isEditor && [stored ?? after, after].some(({ region }) => region !== '430121');
    const isUnknown = !options.creates && after.investors.some((name) => !firms.has(name));
    const isWrong =
      REQUIRED.some((field) => after[field] === null) ||
      Number(after.contractedFundsYuan) > Number(after.investmentYuan) ||
      (after.productionOn !== null && (after.startedOn === null || after.productionOn < after.startedOn));
    if (isFaulty || stored?.isArchived || isConflict || isForeign || isUnknown || isWrong) {
      tally.refused += 1;
      if (isConflict) tally.conflicts += 1;
      continue;
    }
    tally[stored ? 'changed' : 'created'] += 1;
    for (const name of after.investors) firms.add(name);
    state.set(code, { ...after, version: after.version + 1 });
  }
  return { tally, state, firms };
}

/** Cells that are valid together: with others, rows with two of them are more often faulty than not. */
const USUAL: Partial<Record<Field, string[]>> = {
  investmentYuan: ['100'],
  contractedFundsYuan: ['', '0', '5'],
  startedOn: ['2020/6/1'],
  productionOn: ['', '2020-07-15', '2020-09-01'],
  region: ['430121'],
  version: [''],
};
const usualCells = (field: Field): string[] =>
  USUAL[field] ?? Object.keys(columns[field].cells).filter((cell) => columns[field].cells[cell] !== FAULTY);

const rowOf = (fields: readonly Field[], codes: readonly string[], cellsOf: (field: Field) => string[]) =>
  fc.record({
    code: fc.constantFrom(...codes),
    ...Object.fromEntries(fields.map((field) => [field, fc.constantFrom(...cellsOf(field))])),
  }) as fc.Arbitrary<Row>;

/**
 * A file with some or all columns. Most of its rows are valid ones of different projects, some are arbitrary.
 */
const file = fc.oneof(fc.constant(FIELDS), fc.subarray(FIELDS, { minLength: 1 })).chain((fields) => {
  const usual = rowOf(fields, ['a', 'b', 'e', 'f', 'g'], usualCells);
  const any = rowOf(fields, CODES, (field) => ['', ...Object.keys(columns[field].cells)]);
  const usuals = fc.uniqueArray(usual, { minLength: 1, maxLength: 5, selector: ({ code }) => code });
  const anys = fc.oneof(fc.constant([]), fc.array(any, { minLength: 1, maxLength: 3 }));
  return fc.tuple(usuals, anys).map(([some, others]) => [...some, ...others]);
});

let api: TestApp;
let editor: Client;
beforeAll(async () => {
  api = await testApp({ today: TODAY });
  editor = await editorOf(api, ['430121']);
  const { body } = await commit(api, sheetOf(fillers(FIELDS).map((row) => sheetRow(row, row.code, asIs))));
  expect(body).toMatchObject(counts({ created: FILLERS }));
});
afterAll(() => api.close());

/** Unchanged rows, enough for the rows before and after them to be planned in different batches. */
const FILLERS = 256;
const FILLER = { name: '甲', level: '省级', signedOn: '2020-06-29', investmentYuan: '100', region: '430121' };
const fillers = (fields: readonly Field[]): Row[] =>
  Array.from({ length: FILLERS }, (_, i) => ({
    code: `FILLER-${i}`,
    ...Object.fromEntries(fields.map((field) => [field, (FILLER as Row)[field as 'name'] ?? ''])),
  }));

const asIs = (name: string): string => name;

const sheetRow = ({ code: _, ...cells }: Row, code: string, firmOf: (name: string) => string) => ({
  项目编号: code,
  ...Object.fromEntries(
    (Object.entries(cells) as [Field, string][]).map(([field, cell]) => [
      columns[field].heading,
      field === 'investors' ? cell.replaceAll(/[^\n；]+/g, firmOf) : cell,
    ]),
  ),
});

let made = 0;

/** Creates the existing projects, with codes and names that no other run uses. */
async function place(): Promise<{ codeOf(code: string): string; firmOf(name: string): string }> {
  const run = ++made;
  const [codeOf, firmOf] = [(code: string) => `RUN${run}-${code}`, (name: string) => `${name}${run}`];
  const ids = new Map<string, string>();
  for (const name of ['甲公司', '乙公司']) {
    ids.set(name, (await created(api, '/v1/enterprises', { name: firmOf(name) })).id);
  }
  for (const [code, { version, isArchived, investors, ...fields }] of Object.entries(before)) {
    const body = {
      ...fields,
      code: codeOf(code),
      investorIds: investors.map((name) => ids.get(name) as string),
    };
    const { id } = await created(api, '/v1/projects', aProject(body as Body));
    if (isArchived) await api.delete(`/v1/projects/${id}`);
    else if (version === 2) {
      const { body: funds } = await api.post(`/v1/projects/${id}/funds`, {
        receivedOn: '2020-08-01',
        amountYuan: 1,
      });
      expect(funds.amountYuan).toBe(1);
    }
  }
  return { codeOf, firmOf };
}

async function projectsIn(
  codes: readonly string[],
  firmOf: (name: string) => string,
): Promise<Record<string, Model>> {
  const all: Body[] = [];
  for (const archived of [false, true]) {
    all.push(...(await api.get(`/v1/projects?code=${codes.join(',')}&archived=${archived}`)).body.items);
  }
  const names = new Map(['甲公司', '乙公司', '新公司', '另一家'].map((name) => [firmOf(name), name]));
  return Object.fromEntries(
    all.map((one) => [
      one.code.split('-')[1],
      {
        ...Object.fromEntries(FIELDS.map((field) => [field, one[field]])),
        investors: one.investors.map(({ name }: Body) => names.get(name)),
        isArchived: one.archivedAt !== null,
      } as Model,
    ]),
  );
}

const placesOf = (faults: readonly Body[]) =>
  faults.map(({ row, column, code }) => `${row} ${column} ${code}`).sort();

describe('a random file', () => {
  it('has the result of the model, and predicts it in the preview', async () => {
    await fc.assert(
      fc.asyncProperty(
        file,
        fc.record({ isClearing: fc.boolean(), creates: fc.boolean(), isEditor: fc.boolean() }),
        fc.boolean(),
        fc.option(fc.nat(3), { nil: null }),
        async (rows, options, partial, apart) => {
          const { codeOf, firmOf } = await place();
          const client = options.isEditor ? editor : api;
          const records = rows.map((row) => sheetRow(row, codeOf(row.code), firmOf));
          const { tally, state, firms } = outcomeOf(rows, options);
          if (apart !== null) {
            const fields = FIELDS.filter((field) => rows[0]?.[field] !== undefined);
            records.splice(apart, 0, ...fillers(fields).map((row) => sheetRow(row, row.code, asIs)));
            tally.unchanged += FILLERS;
          }
          const sheet = sheetOf(records);
          const query = {
            partial,
            createEnterprises: options.creates,
            empty: options.isClearing ? 'clear' : 'keep',
          };
          const untouched = await storedIn(api);
          const { seq } = await api.database.revision();

          const looked = (await preview(client, sheet, { query })).body;
          expect(looked).toMatchObject(counts(tally));
          expect(await storedIn(api)).toEqual(untouched);

          const answer = await commit(client, sheet, { query });
          if (tally.refused > 0 && !partial) {
            expect(answer).toMatchObject({ status: 422, body: { code: 'imports.faulty_rows' } });
            expect(placesOf(answer.body.errors)).toEqual(placesOf(looked.faults));
            expect(await storedIn(api)).toEqual(untouched);
            return;
          }
          expect(answer.status).toBe(200);
          expect(answer.body).toMatchObject(counts(tally));
          expect(placesOf(answer.body.faults)).toEqual(placesOf(looked.faults));
          expect(answer.body.changes).toEqual(looked.changes);
          const entries = tally.created + tally.changed + firms.size - 2;
          expect((await api.database.revision()).seq - seq).toBe(entries);
          expect(await projectsIn(CODES.map(codeOf), firmOf)).toEqual(Object.fromEntries(state));
        },
      ),
      { ...PROPERTY, numRuns: runs(25) },
    );
    await expectWholeLog(api);
  });
});
