/** The briefings of the demo in print. `vitest -u` updates them: review the differences. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDemo } from '../../src/features/demo/service.ts';
import { type Body, type TestApp, TODAY, testApp } from '../support/app.ts';
import { documentAt } from '../support/documents.ts';
import { strayDigits } from './digits.ts';

const days = {
  'hyrd-2020': ['2020-06-28', '2022-08-31', TODAY],
  'hyrd-2022': ['2022-11-02', '2022-11-04', TODAY],
};
const cases = Object.entries(days).flatMap(([event, asOf]) =>
  asOf.flatMap((day) => (['zh', 'en'] as const).map((language) => [event, day, language] as const)),
);

// Thousands of statements: slow on PostgreSQL in this process.
describe('the briefing of the demo', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await testApp();
    await loadDemo(api, () => {});
  });
  afterAll(() => api.close());

  it.each(cases)('of %s on %s in %s', async (event, asOf, language) => {
    const url = `/v1/events/${event}/briefing?asOf=${asOf}&lang=${language}`;
    const file = `../fixtures/briefings/${event}.${asOf}.${language}.md`;
    await expect((await api.get(`${url}&format=markdown`)).text).toMatchFileSnapshot(file);

    const { body } = await api.get(url);
    expect(body.text).toBe(body.sentences.map(({ text }: Body) => text).join(language === 'en' ? ' ' : ''));
    for (const sentence of body.sentences) expect(strayDigits(sentence), sentence.text).toEqual([]);
  });

  it.each(['zh', 'en'])('in %s is the same as in the documentation', async (language) => {
    const { body } = await api.get(`/v1/events/hyrd-2022/briefing?asOf=2022-11-04&lang=${language}`);
    const quoted = [...documentAt('docs/briefing.md').matchAll(/^> (.*)$/gm)].map(([, line]) => line);
    expect(quoted).toContain(body.text);
  });

  it('has the published figures', async () => {
    const textOf = async (query: string) => (await api.get(`/v1/events/${query}`)).body.text;
    const of2020 = await textOf('hyrd-2020/briefing?asOf=2022-08-31&lang=zh');
    for (const figure of ['项目319个', '2978.8亿元', '已开工项目266个，开工率83.4%', '到位资金1365.5亿元']) {
      expect(of2020).toContain(figure);
    }
    const of2022 = await textOf('hyrd-2022/briefing?asOf=2022-11-04&lang=en');
    for (const figure of [
      '88 projects',
      '93.588 billion yuan',
      '14 have an investor on one of the three top-500 lists, for 30.86 billion yuan',
      '65 are in manufacturing, for 63.828 billion yuan',
      '32 are of 1 billion yuan or more, for 73.91 billion yuan',
      '3 are of more than 5 billion yuan',
      '2 are of more than 10 billion yuan',
    ]) {
      expect(of2022).toContain(figure);
    }
  });
});
