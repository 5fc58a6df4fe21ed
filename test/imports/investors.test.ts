/** Investors in rows, by social credit code, by name, or by both; existing and new ones. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';
import { entriesOf } from '../support/change-log.ts';
import { closeVerified } from '../support/verified.ts';
import {
  byCode,
  counts,
  enterpriseCalled,
  linesOf,
  placesOf,
  type Row,
  sheetOf,
  socialCreditCode,
  storedIn,
} from './rows.ts';
import { aCode, commit, preview } from './support.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => closeVerified(api));

const CODES = [socialCreditCode(1), socialCreditCode(2), socialCreditCode(3)] as const;

const aRow = (fields: Row = {}): Row => ({
  项目编号: aCode(),
  项目名称: '示例项目',
  项目级别: '省级',
  签约日期: '2020-06-29',
  '投资总额(元)': '100000000',
  ...fields,
});
const NAMES = '投资方';
const SOCIAL = '投资方统一社会信用代码';

let made = 0;
const aName = (): string => `企业 ${++made}（${process.pid}）`;
const anEnterprise = (fields: Body = {}) => created(api, '/v1/enterprises', { name: aName(), ...fields });
const investorsOf = async (code = '') => (await byCode(api, code)).investors.map(({ id }: Body) => id);

describe('investors', () => {
  it('are those of the names and codes, in order, the lead first', async () => {
    const [coded, plain, odd] = [
      await anEnterprise({ socialCreditCode: CODES[0] }),
      await anEnterprise(),
      await anEnterprise({ name: `甲；乙 ${process.pid}` }),
    ];
    const rows = [
      aRow({ [NAMES]: `${plain.name}\n${coded.name}` }),
      aRow({ [NAMES]: `${coded.name}；${plain.name};${odd.name}` }),
      aRow({ [NAMES]: `${odd.name}\n${plain.name}` }),
      aRow({ [SOCIAL]: CODES[0] }),
      aRow({ [NAMES]: `${plain.name}\n${coded.name}`, [SOCIAL]: `\n${CODES[0]}` }),
      aRow({ [NAMES]: `${coded.name}\n${plain.name}\n`, [SOCIAL]: `${CODES[0]}\n` }),
      // In half width, in addition to the code.
      aRow({ [NAMES]: coded.name.replace('（', '(').replace('）', ')'), [SOCIAL]: CODES[0] }),
    ];
    const expected = [[plain, coded], null, [odd, plain], [coded], [plain, coded], [coded, plain], [coded]];
    const { body } = await commit(api, sheetOf(rows), { query: { partial: true } });
    // A name that contains a semicolon is recognised only on its own line.
    expect(placesOf(body.faults).map(([row]) => row)).toEqual([3, 3]);
    expect(body).toMatchObject(counts({ created: 6, refused: 1 }));
    for (const [i, investors] of expected.entries()) {
      if (investors) expect(await investorsOf(rows[i]?.项目编号)).toEqual(investors.map(({ id }) => id));
    }
  });

  it('in another order are a change, shown by name', async () => {
    const [one, two] = [await anEnterprise(), await anEnterprise()];
    const project = await created(api, '/v1/projects', aProject({ investorIds: [one.id, two.id] }));
    const { answer, entries } = await entriesOf(api, () =>
      commit(api, sheetOf([{ 项目编号: project.code, [NAMES]: `${two.name}\n${one.name}` }])),
    );
    expect(answer.body.changes[0].fields).toEqual({
      investors: { before: [one.name, two.name], after: [two.name, one.name] },
    });
    expect(entries[0]?.fields).toEqual({
      investorIds: { before: [one.id, two.id], after: [two.id, one.id] },
    });
    expect(await investorsOf(project.code)).toEqual([two.id, one.id]);
  });

  it('with an ambiguous name and no code are the current ones, if they match', async () => {
    const name = aName();
    const [first, second, third] = [
      await anEnterprise({ name }),
      await anEnterprise({ name }),
      await anEnterprise({ name, socialCreditCode: CODES[1] }),
    ];
    const project = await created(
      api,
      '/v1/projects',
      aProject({ investorIds: [third.id, second.id, first.id] }),
    );
    const names = `${name}\n${name}\n${name}`;
    const unchanged = sheetOf([{ 项目编号: project.code, [NAMES]: names, [SOCIAL]: `${CODES[1]}\n\n` }]);
    expect((await preview(api, unchanged)).body).toMatchObject(counts({ unchanged: 1 }));
    const byNames = sheetOf([{ 项目编号: project.code, [NAMES]: names }]);
    expect((await preview(api, byNames)).body).toMatchObject(counts({ unchanged: 1 }));
    const fewer = sheetOf([
      { 项目编号: project.code, [NAMES]: `${name}\n${name}`, [SOCIAL]: `\n${CODES[1]}` },
    ]);
    expect((await commit(api, fewer)).body).toMatchObject(counts({ changed: 1 }));
    expect(await investorsOf(project.code)).toEqual([second.id, third.id]);
    const one = sheetOf([aRow({ [NAMES]: name })]);
    expect(placesOf((await preview(api, one)).body.faults)).toEqual([
      [2, 'investors', 'ambiguous_enterprise'],
    ]);
  });

  it('are limited to twenty', async () => {
    const names = Array.from({ length: 21 }, aName);
    const query = { createEnterprises: true };
    const rows = [aRow({ [NAMES]: names.join('\n') }), aRow({ [NAMES]: names.slice(1).join('\n') })];
    const { body } = await preview(api, sheetOf(rows), { query });
    expect(placesOf(body.faults)).toEqual([[2, 'investors', 'too_many']]);
    expect(body).toMatchObject(counts({ created: 1, refused: 1 }));
  });

  it('that are unknown are faulty, and none is created', async () => {
    const before = await storedIn(api);
    const rows = [
      aRow({ [NAMES]: aName() }),
      aRow({ [SOCIAL]: CODES[2] }),
      aRow({ [NAMES]: aName(), [SOCIAL]: CODES[2] }),
    ];
    const { body } = await commit(api, sheetOf(rows), { query: { partial: true } });
    expect(placesOf(body.faults)).toEqual([
      [2, 'investors', 'unknown_enterprise'],
      [3, 'investorCodes', 'unknown_enterprise'],
      [4, 'investorCodes', 'unknown_enterprise'],
    ]);
    expect(await storedIn(api)).toEqual(before);
  });
});

describe('createEnterprises=true', () => {
  const query = { createEnterprises: true };

  it('names the first hundred that it creates, and neither those that there are nor those of faulty rows', async () => {
    const [names, there] = [Array.from({ length: 105 }, aName), await anEnterprise()];
    const rows = [
      aRow({ [NAMES]: `${there.name}、待定` }),
      aRow({ [NAMES]: aName(), 签约日期: '无此日' }),
      ...names.map((name) => aRow({ [NAMES]: name })),
    ];
    const { body } = await commit(api, sheetOf(rows), { query: { ...query, partial: true } });
    expect(body).toMatchObject({ enterprisesCreated: 105, newEnterprises: names.slice(0, 100) });
  });

  it('creates each investor once, however many rows name it, with the history of a manual entry', async () => {
    const [one, two, there] = [aName(), aName(), await anEnterprise()];
    const rows = [
      aRow({ [NAMES]: `${one}\n${there.name}` }),
      aRow({ [NAMES]: `${two}\n${one}`, [SOCIAL]: `${CODES[2]}\n` }),
      aRow({ [NAMES]: `${one}；${two}` }),
      aRow({ [SOCIAL]: CODES[2] }),
      // In another batch of rows.
      ...Array.from({ length: 300 }, () => aRow()),
      aRow({ [NAMES]: `${two}\n${one}` }),
    ];
    const before = await storedIn(api);
    const outcome = counts({ created: rows.length });
    const looked = await preview(api, sheetOf(rows), { query });
    expect(looked.body).toMatchObject(outcome);
    expect(looked.body.changes[1].fields.investors).toEqual({ after: [two, one] });
    expect(looked.body).toMatchObject({ enterprisesCreated: 2, newEnterprises: [one, two] });
    expect(await storedIn(api)).toEqual(before);

    const { answer, entries } = await entriesOf(api, () => commit(api, sheetOf(rows), { query }));
    expect(answer.body).toMatchObject(outcome);
    expect(answer.body.changes).toEqual(looked.body.changes);
    const [a, b] = [await enterpriseCalled(api, one), await enterpriseCalled(api, two)];
    expect(a).toMatchObject({ socialCreditCode: null });
    expect(b).toMatchObject({ socialCreditCode: CODES[2] });
    const expected = [[a.id, there.id], [b.id, a.id], [a.id, b.id], [b.id]];
    for (const [i, ids] of expected.entries()) expect(await investorsOf(rows[i]?.项目编号)).toEqual(ids);
    expect(await investorsOf(rows.at(-1)?.项目编号)).toEqual([b.id, a.id]);
    const creations = entries.filter(({ entity }) => entity === 'enterprises');
    expect(creations).toMatchObject([
      {
        entityId: a.id,
        action: 'create',
        fields: { id: { after: a.id }, name: { after: one }, rankings: { after: [] } },
      },
      { entityId: b.id, action: 'create', fields: { socialCreditCode: { after: CODES[2] } } },
    ]);
    expect(entries).toHaveLength(rows.length + 2);
  });

  it('creates nothing for refused rows', async () => {
    const name = aName();
    const rows = [aRow({ [NAMES]: name, 签约日期: '昨天' }), aRow()];
    const { body } = await commit(api, sheetOf(rows), { query: { ...query, partial: true } });
    expect(body).toMatchObject(counts({ created: 1, refused: 1 }));
    expect(await enterpriseCalled(api, name)).toBeUndefined();
  });

  it('creates none with an existing name or an invalid code', async () => {
    const there = await anEnterprise();
    const fresh = aName();
    const rows = [
      aRow({ [NAMES]: there.name, [SOCIAL]: socialCreditCode(4) }),
      aRow({ [NAMES]: aName(), [SOCIAL]: '123' }),
      aRow({ [NAMES]: '名'.repeat(301) }),
      aRow({ [NAMES]: `${fresh}\n${fresh}` }),
      aRow({ [NAMES]: fresh }),
      // Known by now, but without a code.
      aRow({ [NAMES]: fresh, [SOCIAL]: socialCreditCode(5) }),
    ];
    const { body } = await preview(api, sheetOf(rows), { query });
    expect(placesOf(body.faults)).toEqual([
      [2, 'investorCodes', 'not_its_code'],
      [3, 'investorCodes', 'not_a_social_credit_code'],
      [4, 'investors', 'too_long'],
      [5, 'investors', 'duplicate'],
      [7, 'investorCodes', 'not_its_code'],
    ]);
    const answer = await commit(api, sheetOf(rows), { query: { ...query, partial: true } });
    expect(placesOf(answer.body.faults)).toEqual(placesOf(body.faults));
    expect(await enterpriseCalled(api, fresh)).toMatchObject({ socialCreditCode: null });
  });

  it('applies to names in NDJSON too', async () => {
    const name = aName();
    const line = { code: aCode(), name: '新', level: 'county', signedOn: '2020-06-29', investmentYuan: 5 };
    const file = linesOf([{ ...line, investors: [name] }]);
    const { body } = await commit(api, file, { query, format: 'ndjson' });
    expect(body).toMatchObject(counts({ created: 1 }));
    expect(await investorsOf(line.code)).toEqual([(await enterpriseCalled(api, name)).id]);
  });
});
