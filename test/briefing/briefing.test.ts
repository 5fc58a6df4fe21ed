import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NewProject } from '../../src/features/projects/schema.ts';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { insertCopies } from '../support/world.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

let made = 0;

/** An event with its own projects. @returns its path */
async function anEvent(projects: Partial<NewProject>[] = [], fields: Body = {}): Promise<string> {
  const code = `fair-${++made}`;
  const days = { startsOn: '2020-06-29', endsOn: '2020-07-01' };
  await created(api, '/v1/events', { code, name: '博览会', ...days, ...fields });
  for (const [i, project] of projects.entries()) {
    const own = { code: `${code}-${i + 1}`, name: `项目${'甲乙丙丁戊己'[i]}`, event: code };
    await created(api, '/v1/projects', aProject({ ...own, ...project }));
  }
  return `/v1/events/${code}/briefing`;
}

const sentencesOf = async (path: string, query: string): Promise<Record<string, string>> => {
  const { body } = await api.get(`${path}?${query}`);
  return Object.fromEntries(body.sentences.map(({ code, text }: Body) => [code, text]));
};

describe('of an event', () => {
  it('that does not exist is 404', async () => {
    for (const code of ['nowhere', 'NOWHERE', 'a%00b', '%E6%B2%AA', 'constructor']) {
      expectProblem(await api.get(`/v1/events/${code}/briefing`), 404, 'events.not_found');
      const text = await api.get(`/v1/events/${code}/briefing`, { accept: 'text/markdown' });
      expectProblem(text, 404, 'events.not_found');
    }
  });

  it('without projects says when and where it opened and nothing else', async () => {
    const path = await anEvent([], { hostCity: '上海', nameEn: 'Fair' });
    expect((await api.get(`${path}?lang=zh`)).body).toMatchObject({
      language: 'zh',
      text: '博览会于2020年6月29日在上海开幕。',
      sentences: [{ code: 'opening', names: [{ kind: 'event' }, { kind: 'city', printed: '上海' }] }],
      highlights: [],
    });
    expect(await sentencesOf(path, 'lang=en')).toEqual({ opening: 'The Fair opened on 29 June 2020.' });
  });

  it('says nothing about the event before it began, and nothing at all if nothing is known', async () => {
    const path = await anEvent([{ signedOn: '2020-06-28' }]);
    expect((await api.get(`${path}?asOf=2020-06-27`)).body).toMatchObject({ text: '', sentences: [] });
    const markdown = await api.get(`${path}?asOf=2020-06-27&format=markdown`);
    expect(markdown).toMatchObject({ status: 200, text: '\n' });
    expect(await sentencesOf(path, 'asOf=2020-06-28&lang=zh')).toEqual({
      signed: '截至2020年6月28日，博览会已签约项目1个，投资总额1亿元。',
      largest: '已披露投资额的项目中，投资额居前的是项目甲（1亿元）。',
    });
    expect(await sentencesOf(path, 'asOf=2020-06-28&lang=en')).toMatchObject({
      signed:
        'As of 28 June 2020, 1 project had been signed for 博览会, with a total investment of 100 million yuan.',
      largest: 'Among the projects whose amounts are disclosed, the largest is 项目甲 (100 million yuan).',
    });
    expect(await sentencesOf(path, 'asOf=2020-06-29&lang=zh')).toMatchObject({
      opening: '博览会于2020年6月29日开幕。',
      signed: '截至2020年6月29日，共签约项目1个，投资总额1亿元。',
    });
  });

  it('uses the Chinese name if there is no English one', async () => {
    const dates = { startedOn: '2020-07-01', productionOn: '2020-12-31' };
    const path = await anEvent([{ ...dates }, { ...dates, nameEn: 'Second', productionOn: '2020-12-30' }]);
    expect(await sentencesOf(path, 'lang=en')).toMatchObject({
      opening: '博览会 opened on 29 June 2020.',
      sameYear:
        'Within one calendar year, 2 projects were signed, started and in production: Second and 项目甲.',
      fastest: 'The fastest from signing to production was Second, in 184 days.',
    });
  });
});

describe('contracted funds', () => {
  const known = (yuan: number | null) => ({ contractedFundsYuan: yuan, investmentYuan: 400_000_000_000 });

  it.each<[what: string, funds: (number | null)[], zh: string | undefined, en: string | undefined]>([
    [
      'known of all are an amount',
      [267_300_000_000, 1],
      '合同引资额2673亿元。',
      'Contracted funds came to 267.3 billion yuan.',
    ],
    [
      'not known of one are more than what is below their sum',
      [267_300_000_000, null],
      '合同引资额超过2670亿元。',
      'Contracted funds came to more than 267 billion yuan.',
    ],
    [
      'not known of one are at least a round sum',
      [30_000_000, null],
      '合同引资额不少于3000万元。',
      'Contracted funds came to at least 30 million yuan.',
    ],
    ['of zero are not told', [0, 0], undefined, undefined],
    ['of zero where known are not told', [0, null], undefined, undefined],
    ['known of none are not told', [null], undefined, undefined],
  ])('%s', async (_, funds, zh, en) => {
    const path = await anEvent(funds.map(known));
    expect((await sentencesOf(path, 'lang=zh')).contracted).toBe(zh);
    expect((await sentencesOf(path, 'lang=en')).contracted).toBe(en);
  });
});

describe('an amount that is an estimate', () => {
  it('is never printed as that of a project', async () => {
    const path = await anEvent([
      { investmentYuan: 9_000_000_000, investmentEstimated: true },
      { investmentYuan: 2_000_000_000 },
    ]);
    const { text } = (await api.get(`${path}?lang=zh`)).body;
    expect(text).toContain('投资额居前的是项目乙（20亿元）。');
    expect(text).not.toContain('90亿元');
  });

  it('leaves out the largest projects if all are estimates', async () => {
    const path = await anEvent([{ investmentEstimated: true }]);
    expect(await sentencesOf(path, 'lang=zh')).not.toHaveProperty('largest');
    expect((await api.get(path)).body.highlights).toEqual([]);
  });
});

describe('a terminated project', () => {
  it('is never among the largest or fastest, and the sentences mention the exclusion', async () => {
    const dates = { signedOn: '2020-07-01', startedOn: '2020-07-02' };
    const path = await anEvent([
      { ...dates, productionOn: '2020-07-11', investmentYuan: 12_000_000_000, terminatedOn: '2020-08-01' },
      { ...dates, productionOn: '2020-07-21', investmentYuan: 11_000_000_000 },
    ]);
    expect(await sentencesOf(path, 'lang=zh')).toMatchObject({
      parts: expect.stringContaining('超过100亿元的项目2个'),
      fastest: '未终止的项目中，从签约到投产最快的是项目乙，用时20天。',
      largest: '未终止且已披露投资额的项目中，投资额居前的是项目乙（110亿元）。',
    });
    expect(await sentencesOf(path, 'lang=en')).toMatchObject({
      fastest:
        'Of the projects that have not been terminated, the fastest from signing to production was 项目乙, in 20 days.',
      largest:
        'Among the projects that have not been terminated and whose amounts are disclosed, the largest is 项目乙 (11 billion yuan).',
    });
    expect(await sentencesOf(path, 'lang=zh&asOf=2020-07-31')).toMatchObject({
      fastest: '从签约到投产最快的项目是项目甲，用时10天。',
      largest: '已披露投资额的项目中，投资额居前的是项目甲（120亿元）、项目乙（110亿元）。',
    });
  });
});

describe('an amount close to a threshold of the text', () => {
  it.each<[yuan: number, zh: string, en: string, counted: boolean]>([
    [999_999_999, '9.99999999亿元', '999.999999 million yuan', false],
    [1_000_000_000, '10亿元', '1 billion yuan', true],
    [5_000_000_001, '50.00000001亿元', '5.000000001 billion yuan', true],
    [9_999_999_999, '99.99999999亿元', '9.999999999 billion yuan', true],
  ])('of %i yuan is not rounded to it', async (investmentYuan, zh, en, counted) => {
    const path = await anEvent([{ investmentYuan }]);
    const inChinese = await sentencesOf(path, 'lang=zh');
    expect(inChinese.largest).toContain(`（${zh}）`);
    expect(inChinese.signed).toContain(`投资总额${zh}。`);
    expect((inChinese.parts ?? '').includes('10亿元以上')).toBe(counted);
    expect((await sentencesOf(path, 'lang=en')).largest).toContain(`(${en})`);
  });
});

describe('an English name of an event', () => {
  it.each([
    ['5th Fair', 'The 5th Fair opened', 'for the 5th Fair,'],
    ['2020 Fair', 'The 2020 Fair opened', 'for the 2020 Fair,'],
    ['The Fair', 'The Fair opened', 'for The Fair,'],
    [null, '博览会 opened', 'for 博览会,'],
  ])('%s has exactly one article', async (nameEn, opening, signed) => {
    const path = await anEvent([{ signedOn: '2020-06-28' }], { nameEn });
    expect((await sentencesOf(path, 'lang=en')).opening?.startsWith(opening)).toBe(true);
    expect((await sentencesOf(path, 'lang=en&asOf=2020-06-28')).signed).toContain(signed);
  });
});

describe('the choice of projects', () => {
  it('names the fastest: fewest days, then the earlier production, then the lower code', async () => {
    const path = await anEvent([
      { signedOn: '2020-07-02', startedOn: '2020-07-03', productionOn: '2020-07-12' },
      { signedOn: '2020-07-01', startedOn: '2020-07-03', productionOn: '2020-07-11', code: 'Z-LAST' },
      {
        signedOn: '2020-07-01',
        startedOn: '2020-07-03',
        productionOn: '2020-07-11',
        code: 'A-FIRST',
        name: '先',
      },
      { signedOn: '2020-07-01', startedOn: '2020-06-01', productionOn: '2020-07-01', name: '当日' },
      {
        signedOn: '2020-07-01',
        startedOn: '2020-07-01',
        productionOn: '2020-07-02',
        terminatedOn: '2020-08-01',
        name: '终',
      },
    ]);
    expect((await sentencesOf(path, 'lang=zh')).fastest).toBe(
      '未终止的项目中，从签约到投产最快的是先，用时10天。',
    );
    expect((await sentencesOf(path, 'lang=zh&asOf=2020-07-31')).fastest).toBe(
      '从签约到投产最快的项目是终，用时1天。',
    );
    expect((await sentencesOf(path, 'lang=en&asOf=2020-07-31')).fastest).toBe(
      'The fastest from signing to production was 终, in 1 day.',
    );
  });

  it('leaves out production before the signing, and archived projects', async () => {
    const path = await anEvent([
      { signedOn: '2020-07-01', startedOn: '2020-06-01', productionOn: '2020-07-01' },
      { signedOn: '2020-07-01', startedOn: '2020-06-01', productionOn: '2020-06-30' },
    ]);
    const code = `${path.split('/')[3]}-3`;
    const dates = { signedOn: '2020-07-01', startedOn: '2020-07-02', productionOn: '2020-07-03' };
    const { id } = await created(
      api,
      '/v1/projects',
      aProject({ code, event: path.split('/')[3] as string, ...dates }),
    );
    expect(await sentencesOf(path, 'lang=zh')).toHaveProperty('fastest');
    await api.delete(`/v1/projects/${id}`);
    expect(await sentencesOf(path, 'lang=zh')).not.toHaveProperty('fastest');
  });

  it('is limited to three, the largest and earliest first, each with its rule', async () => {
    const path = await anEvent(
      [4, 2, 5, 3].map((billions, i) => ({
        investmentYuan: billions * 1_000_000_000,
        startedOn: '2020-07-01',
        productionOn: `2020-08-0${4 - i}`,
      })),
    );
    const { body } = await api.get(`${path}?lang=zh`);
    expect(body.text).toContain('投资额居前的是项目丙（50亿元）、项目甲（40亿元）、项目丁（30亿元）。');
    expect(body.text).toContain('当年签约、当年开工、当年投产的项目4个，包括项目丁、项目丙、项目乙。');
    const items = Object.fromEntries(
      body.highlights.map(({ code, items }: Body) => [code, items.map(({ name }: Body) => name)]),
    );
    expect(items).toEqual({
      fastest: ['项目丁'],
      sameYear: ['项目丁', '项目丙', '项目乙'],
      largest: ['项目丙', '项目甲', '项目丁'],
    });
    for (const { rule } of body.highlights)
      expect(rule).toEqual({ zh: expect.any(String), en: expect.any(String) });
    for (const { link } of body.highlights.flatMap((one: Body) => one.items)) {
      expect((await api.get(link)).status).toBe(200);
    }
  });
});

describe('a rate that rounds to zero', () => {
  it('is left out, although its count is not', async () => {
    const path = await anEvent([{ startedOn: '2020-07-01', registeredOn: '2020-07-01' }]);
    const code = path.split('/')[3] as string;
    await insertCopies(api, { code: `${code}-1`, startedOn: null, registeredOn: null }, 2_001);
    const said = await sentencesOf(path, 'lang=zh');
    expect(said.progress).toBe('已注册项目1个；已开工项目1个。');
    expect((await sentencesOf(path, 'lang=en')).progress).toBe(
      'By then, 1 project had been registered; and 1 project had started.',
    );
  });
});

describe('a name', () => {
  const hostile = '*甲* _乙_ [丙](http://x) <b>丁</b> `戊` \\ & # 1.';

  it('is not interpreted as markup', async () => {
    const path = await anEvent([{ name: hostile }], { name: '# 会 *', nameEn: '1. Fair <i>' });
    const zh = await api.get(`${path}?lang=zh&format=markdown`);
    expect(zh.text).toContain('\\# 会 \\*于2020年6月29日开幕');
    expect(zh.text).toContain(
      '\\*甲\\* \\_乙\\_ \\[丙\\](http://x) \\<b\\>丁\\</b\\> \\`戊\\` \\\\ \\& # 1.（1亿元）',
    );
    const en = await api.get(`${path}?lang=en&format=markdown`);
    expect(en.text.startsWith('The 1. Fair \\<i\\> opened on')).toBe(true);
    const numbered = await api.get(`${await anEvent([], { name: '1. 会' })}?lang=en&format=markdown`);
    expect(numbered.text.startsWith('1\\. 会 opened on')).toBe(true);
    // JSON contains the text unescaped.
    expect((await api.get(`${path}?lang=zh`)).body.text).toContain(hostile);
  });

  it('stays on one line, even if one with a line break was stored without the service', async () => {
    const path = await anEvent([{}]);
    const code = `${path.split('/')[3]}-1`;
    await api.database.write(async (tx) => {
      const { projects } = tx.tables;
      await tx.update(projects).set({ name: '\n\n# 甲\r\n- 乙\u2028丙' }).where(eq(projects.code, code));
    });
    const { text } = await api.get(`${path}?lang=zh&format=markdown`);
    expect(text.trimEnd()).not.toMatch(/[\r\n\u2028]/);
    expect(text).toContain('是# 甲 - 乙 丙（');
  });
});

describe('the response', () => {
  let path: string;
  beforeAll(async () => {
    path = await anEvent([{}], { nameEn: 'Fair' });
  });

  it.each<[string, string, Record<string, string>, string, string]>([
    ['JSON in English', '', {}, 'application/json', 'en'],
    [
      'the language of Accept-Language',
      '',
      { 'accept-language': 'zh-CN,en;q=0.5' },
      'application/json',
      'zh-CN',
    ],
    ['the language of lang before that', '?lang=en', { 'accept-language': 'zh' }, 'application/json', 'en'],
    ['Markdown to who takes it only', '', { accept: 'text/markdown' }, 'text/markdown', 'en'],
    ['Markdown as text', '', { accept: 'text/*' }, 'text/markdown', 'en'],
    [
      'Markdown by format, whatever Accept says',
      '?format=markdown&lang=zh',
      { accept: 'application/json' },
      'text/markdown',
      'zh-CN',
    ],
    [
      'JSON by format, whatever Accept says',
      '?format=json',
      { accept: 'image/png' },
      'application/json',
      'en',
    ],
    [
      'JSON to a browser',
      '',
      { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
      'application/json',
      'en',
    ],
  ])('is %s', async (_, query, headers, type, language) => {
    const answer = await api.get(path + query, headers);
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe(`${type}; charset=utf-8`);
    expect(answer.headers['content-language']).toBe(language);
    expect(answer.headers.vary).toMatch(/Accept, Accept-Language/);
    const head = await api.request('HEAD', path + query, undefined, headers);
    expect(head).toMatchObject({ status: 200, text: '', etag: answer.etag });
    expect(head.headers['content-length']).toBe(answer.headers['content-length']);
    const again = await api.get(path + query, { ...headers, 'if-none-match': answer.etag });
    expect(again).toMatchObject({ status: 304, text: '' });
  });

  it('has an ETag per language and format', async () => {
    const tags = new Set<string>();
    for (const accept of ['application/json', 'text/markdown']) {
      for (const language of ['zh', 'en'])
        tags.add((await api.get(path, { accept, 'accept-language': language })).etag);
    }
    expect(tags.size).toBe(4);
  });

  it('changes with the data and the day only', async () => {
    const today = await api.get(`${path}?lang=zh`);
    expect(today.body).toMatchObject({ asOf: '2026-11-22' });
    await created(api, '/v1/projects', aProject({ event: path.split('/')[3] as string }));
    const after = await api.get(`${path}?lang=zh`, { 'if-none-match': today.etag });
    expect(after.status).toBe(200);
    expect(after.body.text).toContain('共签约项目2个');
    expect(after.body.revision).toBeGreaterThan(today.body.revision);
    expect((await api.get(after.body.links.self)).body.text).toBe(after.body.text);
    expect((await api.get(after.body.links.summary)).body.projectCount).toBe(2);
  });

  it.each<[string, [string, string][]]>([
    ['lang=fr', [['lang', 'not_a_choice']]],
    ['lang=', [['lang', 'not_a_choice']]],
    ['lang=zh&lang=en', [['lang', 'not_a_choice']]],
    ['lang=ZH', [['lang', 'not_a_choice']]],
    ['format=pdf', [['format', 'not_a_choice']]],
    ['format=csv', [['format', 'not_a_choice']]],
    ['format=md', [['format', 'not_a_choice']]],
    ['format=__proto__', [['format', 'not_a_choice']]],
    ['event=fair-1', [['event', 'unknown_parameter']]],
    [
      'asOf=2026-11-23&lang=xx&format=x&unit=yi',
      [
        ['asOf', 'after_today'],
        ['lang', 'not_a_choice'],
        ['format', 'not_a_choice'],
        ['unit', 'unknown_parameter'],
      ],
    ],
    ['asOf=1899-12-31', [['asOf', 'before_1900']]],
    ['asOf=2022-02-30', [['asOf', 'not_a_day']]],
  ])('is refused for %s', async (query, faults) => {
    expectProblem(await api.get(`${path}?${query}`), 422, 'request.invalid', faults);
  });

  it.each(['image/png', 'text/csv', 'application/xml', 'text/html'])(
    'is refused if only %s is accepted',
    async (accept) => {
      expectProblem(await api.get(path, { accept }), 406, 'request.not_acceptable');
    },
  );
});
