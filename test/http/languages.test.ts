import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faults, problems, titles } from '../../src/http/messages.ts';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';

let api: TestApp;
beforeAll(async () => {
  api = await testApp();
});
afterAll(() => api.close());

const asked = (language: string | null) => (language === null ? {} : { 'accept-language': language });

const preferences: [header: string | null, language: 'en' | 'zh-CN'][] = [
  [null, 'en'],
  ['', 'en'],
  ['en', 'en'],
  ['en-GB', 'en'],
  ['zh', 'zh-CN'],
  ['zh-CN', 'zh-CN'],
  ['zh-cn', 'zh-CN'],
  ['zh-Hans-CN', 'zh-CN'],
  ['zh;q=0.9,en;q=0.8', 'zh-CN'],
  ['zh;q=0.8,en;q=0.9', 'en'],
  ['en;q=0.8, zh-CN;q=0.9', 'zh-CN'],
  ['zh-CN,zh;q=0.9,en-US;q=0.8,en;q=0.7', 'zh-CN'],
  ['en-US,en;q=0.9,zh-CN;q=0.8', 'en'],
  ['fr', 'en'],
  ['fr, zh;q=0.5', 'zh-CN'],
  ['fr, en;q=0.5, zh;q=0.4', 'en'],
  ['zh;q=0, en', 'en'],
  ['zh;q=0', 'en'],
  ['*', 'en'],
  ['nonsense;;q=x', 'en'],
];

describe('a refusal', () => {
  it.each(preferences)('for a client that requests %s is in %s', async (header, language) => {
    const answer = await api.get('/v1/projects/x', asked(header));
    expect(answer.headers['content-language']).toBe(language);
    expect(answer.body).toMatchObject(
      language === 'en'
        ? { title: 'Not found', detail: 'There is no project “x”.' }
        : { title: '未找到', detail: '没有编号为“x”的项目。' },
    );
    expect(answer.body.code).toBe('projects.not_found');
  });

  it('reports each fault in the language, with its values', async () => {
    const faulty = aProject({ signedOn: '2026-11-23', region: '999999', investmentYuan: 0 });
    const messages = async (language: string): Promise<Body> => {
      const { body } = await api.post('/v1/projects', faulty, asked(language));
      return [
        body.detail,
        ...body.errors.map(({ pointer, message }: Body) => `${pointer} ${message}`),
      ].sort();
    };
    expect(await messages('en')).toEqual([
      '/investmentYuan must be at least 1',
      '/region there is no region “999999”',
      '/signedOn must not be after today, 2026-11-22',
      'The request has 3 faults; see errors.',
    ]);
    expect(await messages('zh')).toEqual([
      '/investmentYuan 不能小于 1',
      '/region 没有行政区划“999999”',
      '/signedOn 不能晚于今天（2026-11-22）',
      '请求有 3 处错误，详见 errors。',
    ]);
  });

  it('names a type in the language', async () => {
    const message = async (language: string) =>
      (await api.post('/v1/projects', aProject({ name: 5 as never }), asked(language))).body.errors[0]
        .message;
    expect(await message('en')).toBe('must be text');
    expect(await message('zh')).toBe('应为 文本');
  });

  it('for a conflict, a stale change or a method is in the language as well', async () => {
    const { id, code } = await created(api, '/v1/projects', aProject());
    const zh = { 'accept-language': 'zh-CN' };
    const answers = [
      await api.post('/v1/projects', aProject({ code }), zh),
      await api.patch(`/v1/projects/${id}`, {}, { ...zh, 'if-match': '"old"' }),
      await api.patch(`/v1/projects/${id}`, {}, zh),
      await api.request('PUT', '/v1/projects', {}, zh),
      await api.get('/v1/nothing', zh),
      await api.request('POST', '/v1/projects', '{', { ...zh, 'content-type': 'application/json' }),
      await api.request('POST', '/v1/projects', 'x', { ...zh, 'content-type': 'text/plain' }),
    ];
    expect(answers.map(({ body }) => body.title)).toEqual([
      '冲突',
      '前提条件不成立',
      '缺少前提条件',
      '不支持该方法',
      '未找到',
      '请求格式错误',
      '不支持的媒体类型',
    ]);
    for (const { body } of answers) expect(body.detail).toMatch(/^[^A-Za-z]*[\u4e00-\u9fff]/);
  });
});

describe('every message', () => {
  const all = { ...problems, ...faults, ...titles };
  it.each(Object.entries(all))('%s exists in both languages, with the same values', (_, { en, zh }) => {
    const values = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
    expect(values(zh)).toEqual(values(en));
    expect(zh).toMatch(/[\u4e00-\u9fff]/);
    expect(en).not.toMatch(/[\u4e00-\u9fff]/);
  });
});
