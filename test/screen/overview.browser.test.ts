/** The overview in a browser: every part shows what the service answers, and leads to the projects behind it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Body } from '../support/app.ts';
import { hasChromium, type WatchedPage, WITHOUT_CHROMIUM } from '../support/browser.ts';
import { endAll } from '../support/process.ts';
import { AS_PUBLISHED, accessibilityFaults, type Demo, startDemo, textOf } from './demo.ts';

if (!hasChromium) it.skip(WITHOUT_CHROMIUM);

const percent = ({ percent }: { percent: number }) => `${percent.toFixed(1)}%`;

describe.skipIf(!hasChromium)('the overview', () => {
  let demo: Demo;
  const bars = (page: WatchedPage['page'], card: string): Promise<string[][]> =>
    page
      .locator(`#${card} .bars tbody tr`)
      .evaluateAll((rows) =>
        rows.map((row) => [
          row.querySelector('.name')?.textContent ?? '',
          row.querySelector('.value')?.textContent ?? '',
        ]),
      );
  const total = async (page: WatchedPage['page']): Promise<number> => {
    const note = await page.locator('#projects header small').innerText();
    return Number(/\d+/.exec(note.replaceAll(',', ''))?.[0]);
  };

  beforeAll(async () => {
    demo = await startDemo();
  });
  afterEach(() => demo.closePages());
  afterAll(async () => {
    await demo?.close();
    await endAll();
  });

  it.each([
    ['zh', ['319 个', '2978.8 亿元', '83.4 %', '35.7 %', '1365.5 亿元', '38 个']],
    ['en', ['319', '297.88 billion yuan', '83.4 %', '35.7 %', '136.55 billion yuan', '38']],
  ])('shows the published figures in the numbers of the language (%s)', async (lang, expected) => {
    const { page } = await demo.open(`lang=${lang}&${AS_PUBLISHED}`);
    await page.locator('.figure b').first().waitFor();
    const numbers = await page.locator('.figure').evaluateAll((figures) =>
      figures.map((figure) =>
        ['.number', '.unit']
          .map((part) => figure.querySelector(part)?.textContent ?? '')
          .join(' ')
          .trim(),
      ),
    );
    expect(numbers).toEqual(expected);
    const before = await demo.get('/v1/statistics/summary?event=hyrd-2020&asOf=2021-08-31');
    expect(await textOf(page, '[data-measure=operatingRate] .before')).toContain(
      percent(before.operatingRate),
    );
    expect(await textOf(page, '[data-measure=overdueStartCount] .before')).toContain(
      String(before.overdueStartCount),
    );
  });

  it('speaks the language of the browser unless the address names another', async () => {
    const { page: english } = await demo.open(AS_PUBLISHED, { locale: 'en-US' });
    expect(await english.locator('html').getAttribute('lang')).toBe('en');
    const { page: chinese } = await demo.open(AS_PUBLISHED, { locale: 'zh-CN' });
    expect(await chinese.locator('html').getAttribute('lang')).toBe('zh-CN');
    await chinese.locator('.language').click();
    await chinese.getByText('Headline figures').waitFor();
    expect(new URL(chinese.url()).searchParams.get('lang')).toBe('en');
  });

  it('shows in every part what the service answers', async () => {
    const { page } = await demo.open(`lang=zh&${AS_PUBLISHED}`);
    await page.locator('#bands .bars tr').first().waitFor();
    await page.locator('#attention .rules li').first().waitFor();
    await page.locator('#published p').first().waitFor();
    const summary = await demo.get(`/v1/statistics/summary?${AS_PUBLISHED}`);
    const steps = ['projectCount', 'registeredCount', 'startedCount', 'completedCount', 'inProductionCount'];
    const late = ['overdueStartCount', 'overdueProductionCount', 'suspendedCount', 'terminatedCount'];
    expect((await bars(page, 'funnel')).map(([, value]) => Number(value))).toEqual(
      [...steps, ...late].map((name) => summary[name]),
    );
    const regions: Body[] = (
      await demo.get(`/v1/statistics/breakdown?by=region&sort=-operatingRate&${AS_PUBLISHED}`)
    ).items.filter((item: Body) => item.groups.region.code !== null);
    expect((await bars(page, 'ranking')).map(([, value]) => value)).toEqual(
      regions.map((item) => percent(item.operatingRate)),
    );
    const tiles = await page
      .locator('.tiles li[data-region]')
      .evaluateAll((all) =>
        all.map((tile) => [tile.getAttribute('data-region'), tile.querySelector('b')?.textContent]),
      );
    expect(Object.fromEntries(tiles)).toEqual(
      Object.fromEntries(regions.map((item) => [item.groups.region.code, percent(item.operatingRate)])),
    );
    for (const [card, by] of [
      ['industries', 'industry'],
      ['bands', 'investmentBand'],
    ] as const) {
      const { items } = await demo.get(`/v1/statistics/breakdown?by=${by}&${AS_PUBLISHED}`);
      expect(Object.fromEntries(await bars(page, card)), card).toEqual(
        Object.fromEntries(
          items.map((item: Body) => [item.groups[by].name ?? '未填写', percent(item.operatingRate)]),
        ),
      );
    }
    const sizes = (await bars(page, 'bands')).map(([name]) => name);
    expect(sizes[0]).toBe('1亿—5亿元');
    expect(sizes.at(-1)).toBe('100亿元及以上');
    const { items: rules } = await demo.get(`/v1/quality?${AS_PUBLISHED}`);
    const found = await page
      .locator('#attention .rules li')
      .evaluateAll((all) =>
        all.map((rule) => [rule.getAttribute('data-rule'), Number(rule.querySelector('b')?.textContent)]),
      );
    expect(found).toEqual(
      rules.filter(({ count }: Body) => count > 0).map(({ code, count }: Body) => [code, count]),
    );
    const published = await demo.get('/v1/published-figures?event=hyrd-2020&limit=50');
    expect(await textOf(page, '#published')).toContain(`${published.page.total} 项数据与计算结果全部一致`);
  });

  it('ranks prefectures, with their ranks at the end of the month before', async () => {
    const { page } = await demo.open('lang=zh&event=hyrd-2020,hyrd-2022&asOf=2022-12-15');
    const ranks = async (asOf: string): Promise<Map<string, number>> => {
      const { items } = await demo.get(
        `/v1/statistics/breakdown?by=region&event=hyrd-2020,hyrd-2022&asOf=${asOf}`,
      );
      const rates = items
        .filter((item: Body) => item.groups.region.code !== null)
        .map((item: Body) => [item.groups.region.name, item.operatingRate.ratio] as const);
      const better = (rate: number) => rates.filter(([, other]: [string, number]) => other > rate).length;
      return new Map(
        rates.map(([name, rate]: [string, number]) => [
          name.replace(/(土家族苗族自治州|市)$/, ''),
          better(rate) + 1,
        ]),
      );
    };
    const [now, before] = [await ranks('2022-12-15'), await ranks('2022-11-30')];
    expect([...now].some(([name, rank]) => before.get(name) !== rank)).toBe(true);
    const shown = () =>
      page
        .locator('#ranking .bars tbody tr')
        .evaluateAll((rows) =>
          rows.map((row) => [
            row.querySelector('.name')?.textContent,
            Number(row.querySelector('.rank b')?.textContent),
            Number(/\d+/.exec(row.querySelector('.rank small')?.getAttribute('title') ?? '')?.[0]),
          ]),
        );
    const expected = [...now].map(([name, rank]) => [name, rank, before.get(name)]);
    await expect.poll(async () => (await shown()).toSorted()).toEqual(expected.toSorted());
  });

  it('shows each chart as a table, whose numbers lead to their projects', async () => {
    const { page } = await demo.open(`lang=zh&${AS_PUBLISHED}`);
    const cells = (card: string) =>
      page
        .locator(`#${card} .list tbody tr`)
        .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));
    await page.locator('#growth .chart canvas').waitFor();
    await page.locator('#growth .tool[aria-pressed]').click();
    const timeline = await demo.get(`/v1/statistics/timeline?interval=month&${AS_PUBLISHED}`);
    const rows = timeline.items
      .toReversed()
      .map(({ period, cumulative }: Body) => [
        period,
        ...['signedCount', 'startedCount', 'inProductionCount'].map((name) => String(cumulative[name])),
      ]);
    expect(await cells('growth')).toEqual(rows);
    await page.locator('#growth .switch button', { hasText: '当月' }).click();
    await page.locator('#growth .list tbody tr', { hasText: '2020-09' }).locator('td a').nth(1).click();
    await page.locator('#projects tbody tr').first().waitFor();
    const september = timeline.items.find(({ period }: Body) => period === '2020-09');
    expect(await total(page)).toBe(september.during.startedCount);
    await page.goBack();
    await page.locator('#cohorts .tool[aria-pressed]').click();
    const { items } = await demo.get('/v1/statistics/cohorts?by=event&measure=operatingRate&asOf=2022-08-31');
    expect((await cells('cohorts'))[12]).toEqual(['12', ...items.map(({ ages }: Body) => percent(ages[12]))]);
  });

  it('opens the projects of the point of a chart that is nearest to a click', async () => {
    const { page } = await demo.open(`lang=zh&${AS_PUBLISHED}`);
    const chart = page.locator('#growth .chart');
    await chart.locator('canvas').waitFor();
    const { width, height } = (await chart.boundingBox()) as { width: number; height: number };
    // Near the right end, the line of the started projects lies between those of the signed and the producing ones.
    await chart.click({ position: { x: width - 30, y: height * 0.42 } });
    await page.locator('#projects tbody tr').first().waitFor();
    const { searchParams } = new URL(page.url());
    expect(searchParams.get('started')).toBe('true');
    const { items } = await demo.get(`/v1/statistics/timeline?interval=month&${AS_PUBLISHED}`);
    const period = items.find(({ to }: Body) => to === searchParams.get('asOf'));
    expect(await total(page)).toBe(period.cumulative.startedCount);
  });

  it('leads from every count to as many projects', async () => {
    const { page } = await demo.open(`lang=en&${AS_PUBLISHED}`);
    await page.locator('#attention .rules li').first().waitFor();
    const links = await page
      .locator('#funnel .bars a, #attention .rules a, .figure[data-measure$=Count] a')
      .evaluateAll((all) =>
        all.map((link) => [
          link.getAttribute('href') ?? '',
          (link.querySelector('b, .number') ?? link).textContent?.replaceAll(',', '') ?? '',
        ]),
      );
    const tile = await page.locator('.tiles li[data-region="430100"] a').getAttribute('href');
    expect(links.length).toBeGreaterThan(15);
    for (const [href, count] of [...links, [tile, '43']]) {
      await page.goto(demo.address + href);
      await page.locator('#projects tbody tr').first().waitFor();
      expect(await total(page), String(href)).toBe(Number(count));
    }
  });

  it('keeps filters and day in its address, goes back, and shows the same from a link', async () => {
    const { page } = await demo.open(`lang=zh&${AS_PUBLISHED}`);
    const count = () => textOf(page, '[data-measure=projectCount] .number');
    await page.locator('[data-measure=projectCount] .number').waitFor();
    await page.locator('[data-filter=region] option[value="430100"]').waitFor({ state: 'attached' });
    await page.locator('[data-filter=region]').selectOption('430100');
    await expect.poll(count).toBe('52');
    await page.locator('[data-filter=industry]').selectOption('C');
    const both = await demo.get(`/v1/statistics/summary?region=430100&industry=C&${AS_PUBLISHED}`);
    await expect.poll(count).toBe(String(both.projectCount));
    const link = page.url();
    await page.goBack();
    await expect.poll(count).toBe('52');
    expect(new URL(page.url()).searchParams.get('industry')).toBeNull();
    await page.goForward();
    await expect.poll(count).toBe(String(both.projectCount));
    const { page: other } = await demo.open(new URL(link).search.slice(1));
    await other.locator('[data-measure=projectCount] .number').waitFor();
    expect(await textOf(other, '[data-measure=projectCount] .number')).toBe(String(both.projectCount));
    expect(await other.locator('[data-filter=industry]').inputValue()).toBe('C');
    // The demo has no more than one project with this name.
    await other.locator('input[type=search]').fill('瑶华');
    await other.locator('input[type=search]').press('Enter');
    await expect.poll(() => new URL(other.url()).searchParams.get('q')).toBe('瑶华');
    await other.locator('.state', { hasText: '没有符合条件的项目' }).first().waitFor();
  });

  it('moves through time with the slider, by keyboard', async () => {
    const { page } = await demo.open(`lang=zh&${AS_PUBLISHED}`);
    const slider = page.locator('input[type=range]');
    await slider.focus();
    for (let day = 0; day < 31; day++) await page.keyboard.press('ArrowLeft');
    await expect.poll(() => new URL(page.url()).searchParams.get('asOf')).toBe('2022-07-31');
    const { startedCount, projectCount } = await demo.get(
      '/v1/statistics/summary?event=hyrd-2020&asOf=2022-07-31',
    );
    await expect
      .poll(() => textOf(page, '[data-measure=operatingRate] .parts'))
      .toBe(`${startedCount} / ${projectCount}`);
  });

  it('gives requests that answer with what is shown, and definitions of the service', async () => {
    const { page } = await demo.open(`lang=zh&${AS_PUBLISHED}`);
    await page.locator('#ranking .tool[title=接口请求]').click();
    await page.locator('#ranking textarea').nth(1).waitFor();
    const [curl = '', url = ''] = await page
      .locator('#ranking textarea')
      .evaluateAll((all) => all.map((area) => (area as unknown as { value: string }).value));
    expect(curl).toBe(`curl '${url}'`);
    const { items } = (await (await fetch(url)).json()) as Body;
    expect((await bars(page, 'ranking'))[0]?.[1]).toBe(percent(items[0].operatingRate));
    await page.locator('#ranking .tool').first().click();
    const { measures } = await demo.get('/v1/statistics/definitions');
    const { formula, sentence } = measures.find(({ name }: Body) => name === 'operatingRate');
    // The definitions are loaded only now.
    await expect.poll(() => textOf(page, '#ranking .explained')).toContain(sentence.zh);
    expect(await textOf(page, '#ranking .explained code')).toBe(formula);
  });

  it('saves pictures and workbooks', async () => {
    const { page } = await demo.open(`lang=zh&${AS_PUBLISHED}`);
    await page.locator('#growth .chart canvas').waitFor();
    for (const [card, tool, start] of [
      ['growth', '下载图片（PNG）', '89504e47'],
      ['places', '下载图片（PNG）', '89504e47'],
      ['growth', '下载数据（Excel）', '504b0304'],
      ['cohorts', '下载数据（Excel）', '504b0304'],
    ] as const) {
      const download = page.waitForEvent('download');
      await page.locator(`#${card} .tool[title="${tool}"]`).click();
      const chunks: Buffer[] = [];
      for await (const chunk of await (await download).createReadStream()) chunks.push(chunk as Buffer);
      const content = Buffer.concat(chunks);
      expect(content.subarray(0, 4).toString('hex'), `${card} ${tool}`).toBe(start);
      expect(content.length).toBeGreaterThan(2_000);
    }
  });

  it('weighs at most 350 kB', async () => {
    const { page } = await demo.open(`lang=zh&${AS_PUBLISHED}`);
    await page.locator('#growth .chart canvas').waitFor();
    const names = (await page.evaluate(
      `performance.getEntriesByType('resource').filter(({ initiatorType }) => initiatorType !== 'fetch').map(({ name }) => name)`,
    )) as string[];
    expect(names.length).toBeGreaterThanOrEqual(4);
    let bytes = 0;
    for (const url of new Set([`${demo.address}/`, ...names])) {
      const { headers } = await fetch(url, { headers: { 'accept-encoding': 'gzip' }, method: 'GET' }).then(
        (answer) => answer,
      );
      const sent = await rawSize(url);
      expect(headers.get('content-security-policy'), url).not.toContain('unsafe');
      bytes += sent;
    }
    expect(bytes).toBeLessThan(350_000);
  });

  it.each(['zh', 'en'])('has no faults that axe finds (%s)', async (lang) => {
    const { page } = await demo.open(`lang=${lang}&${AS_PUBLISHED}`);
    await page.locator('#growth .chart canvas').waitFor();
    await page.locator('#attention .rules li').first().waitFor();
    await page.locator('#ranking .tool').first().click();
    await page.locator('#growth .tool').nth(1).click();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('fits a phone', async () => {
    const { page } = await demo.open(`lang=en&${AS_PUBLISHED}`, { viewport: { width: 360, height: 740 } });
    await page.locator('#attention .rules li').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });
});

/** The bytes of a compressed response as they were sent. */
async function rawSize(url: string): Promise<number> {
  const { get } = await import('node:http');
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip' } }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      response.on('end', () => resolve(bytes));
    }).on('error', reject);
  });
}
