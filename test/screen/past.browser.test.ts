/** The page as it was known: it says so, stays in that past and leads back; comparisons; permalinks. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Body } from '../support/app.ts';
import { hasChromium, type WatchedPage, WITHOUT_CHROMIUM } from '../support/browser.ts';
import { endAll, until } from '../support/process.ts';
import { AS_PUBLISHED, accessibilityFaults, type Demo, startDemo, textOf } from './demo.ts';

if (!hasChromium) it.skip(WITHOUT_CHROMIUM);

type Page = WatchedPage['page'];

/** What does not depend on the data, or is about its history. */
const OF_NO_PAST =
  /^\/(v1\/statistics\/(definitions|breakdown\?by=event)|dashboard\/names\.json|v1\/projects\/[^/]+\/history\?.*)$/;

const investment = (page: Page) => textOf(page, '[data-measure=totalInvestment] .number');
const total = (page: Page) => textOf(page, '#projects header small');

describe.skipIf(!hasChromium)('as it was known, the page', () => {
  let demo: Demo;
  /** The project whose amount is corrected. */
  let corrected: Body;
  /** Before the correction. */
  let revision: number;
  let moment: string;
  const summaryAt = (query: string) => demo.get(`/v1/statistics/summary?${AS_PUBLISHED}&${query}`);
  const correct = async (investmentYuan: number): Promise<void> => {
    const { headers } = await fetch(`${demo.address}/v1/projects/${corrected.id}`);
    const answer = await demo.send(
      'PATCH',
      `/v1/projects/${corrected.id}`,
      { investmentYuan },
      { 'content-type': 'application/merge-patch+json', 'if-match': headers.get('etag') ?? '' },
    );
    expect(answer.status).toBe(200);
  };
  /** The paths that a page asks for from now on. */
  const requestsOf = (page: Page): string[] => {
    const paths: string[] = [];
    page.on('request', (request) => {
      const { pathname, search } = new URL(request.url());
      if (/^\/(v1|dashboard\/names)/.test(pathname)) paths.push(pathname + search);
    });
    return paths;
  };
  /** What the browser says of refused requests. */
  const forgive = ({ offences }: WatchedPage): void => {
    const others = offences.filter((what) => !what.includes('422 (Unprocessable Entity)'));
    offences.splice(0, offences.length, ...others);
  };

  beforeAll(async () => {
    demo = await startDemo();
    const { known } = await summaryAt('measures=projectCount');
    revision = known.revision;
    // The next whole second: the control has no fractions.
    const milliseconds = (Math.floor(Date.parse(known.at) / 1_000) + 1) * 1_000;
    moment = new Date(milliseconds).toISOString().replace('.000Z', 'Z');
    await until(() => Date.now() > milliseconds);
    [corrected] = (await demo.get('/v1/projects?code=HYRD-2020-0001')).items;
    await correct(corrected.investmentYuan + 10_000_000_000);
  });
  afterEach(() => demo.closePages());
  afterAll(async () => {
    await demo?.close();
    await endAll();
  });

  it('is told from the moment that is chosen, says so, and leads back to the present', async () => {
    const watched = await demo.open(`lang=zh&${AS_PUBLISHED}`, { timezoneId: 'Asia/Shanghai' });
    const { page } = watched;
    await expect.poll(() => investment(page)).toBe('3078.8');
    expect(await page.locator('.past').count()).toBe(0);
    await page.locator('.live.live').waitFor();
    const paths = requestsOf(page);
    const inShanghai = new Date(Date.parse(moment) + 8 * 3_600_000).toISOString();
    await page.locator('.told input[type=date]').fill(inShanghai.slice(0, 10));
    await page.locator('.state', { hasText: '所选时间当日尚未结束' }).first().waitFor();
    await page.locator('.told input[type=time]').fill(inShanghai.slice(11, 19));
    await expect.poll(() => investment(page)).toBe('2978.8');
    const { searchParams } = new URL(page.url());
    expect([searchParams.get('knownAt'), searchParams.get('asOf')]).toEqual([moment, '2022-08-31']);
    await page.locator('.past').waitFor();
    expect(await textOf(page, '.past')).toMatch(/^按当时所知：.* 以下各项均以当时已录入的数据为准/);
    expect(await textOf(page, '.past')).toContain(`修订号 ${revision}`);
    await page.locator('.past a', { hasText: '回到当前数据' }).click();
    await expect.poll(() => investment(page)).toBe('3078.8');
    await page.locator('.live.live').waitFor();
    expect(await page.locator('.past').count()).toBe(0);
    // Newer changes are known of, but concern no past.
    const then = paths.filter((path) => path.includes(`knownAt=${moment}`));
    expect(then.length).toBeGreaterThan(8);
    expect(then.toSorted()).toEqual([...new Set(then)].toSorted());
    forgive(watched);
  });

  it('is about what had happened by the day that is chosen', async () => {
    const watched = await demo.open('lang=en');
    const { page } = watched;
    await page.locator('.told input[type=date]').fill('2022-10-15');
    await expect.poll(() => new URL(page.url()).search).toBe('?lang=en&knownAt=2022-10-15&asOf=2022-10-15');
    // The demo was entered later.
    const sentence =
      /The chosen time is before the first entry of the change log, .+: nothing was known then\./;
    await page.locator('.state', { hasText: sentence }).first().waitFor();
    // Once, rather than in every part.
    await expect.poll(() => page.locator('.state').count()).toBe(1);
    expect(await page.locator('.past').count()).toBe(0);
    await page.locator('.state a', { hasText: 'Back to the present' }).click();
    await page.locator('[data-measure=projectCount] .number').waitFor();
    expect(new URL(page.url()).search).toBe('?lang=en&asOf=2022-10-15');
    // A year that is half typed is no day.
    await page.locator('.told input[type=date]').fill('0202-10-15');
    expect(new URL(page.url()).searchParams.has('knownAt')).toBe(false);
    forgive(watched);
  });

  it('says in lists, too, why there is no such past', async () => {
    const watched = await demo.open('lang=en&view=projects&revision=1000000');
    const { page } = watched;
    await page
      .locator('#projects .state', { hasText: 'The revision must not be beyond the end of the log' })
      .waitFor();
    await page.locator('#projects .state a', { hasText: 'Back to the present' }).click();
    await page.locator('#projects tbody tr').first().waitFor();
    forgive(watched);
  });

  it.each([
    ['overview', '', '#published p'],
    ['projects', 'view=projects', '#projects tbody tr'],
    ['rule', 'view=projects&rule=possible_double_signing', '#projects header small'],
    ['project', 'view=project&project=', '#history .changes > li'],
  ])('asks for nothing of the present (%s), and once', async (_, query, last) => {
    const { page } = await demo.open('lang=zh&view=corner');
    await page.locator('.live.live').waitFor();
    const paths = requestsOf(page);
    const id = query.endsWith('=') ? corrected.id : '';
    await page.goto(`${demo.address}/?${AS_PUBLISHED}&knownAt=${moment}&${query}${id}`);
    await page.locator(last).first().waitFor();
    await page.locator('.live.paused').waitFor();
    await page.waitForLoadState('networkidle');
    expect(paths.length).toBeGreaterThan(8);
    expect(paths.filter((path) => !/[?&]knownAt=/.test(path) && !OF_NO_PAST.test(path))).toEqual([]);
    expect(paths.toSorted()).toEqual([...new Set(paths)].toSorted());
  });

  it('pauses, and follows changes again in the present', async () => {
    const { page } = await demo.open(`lang=zh&${AS_PUBLISHED}&revision=${revision}`);
    await expect.poll(() => investment(page)).toBe('2978.8');
    const paths = requestsOf(page);
    await correct(corrected.investmentYuan + 20_000_000_000);
    await page.locator('[data-filter=region]').selectOption('430100');
    await expect.poll(() => textOf(page, '[data-measure=projectCount] .number')).toBe('52');
    await page.locator('[data-filter=region]').selectOption('');
    await expect.poll(() => investment(page)).toBe('2978.8');
    expect(paths.filter((path) => path.startsWith('/v1/changes'))).toEqual([]);
    await page.locator('.past a').click();
    await expect.poll(() => investment(page)).toBe('3178.8');
    await page.locator('.live.live').waitFor();
    await correct(corrected.investmentYuan + 10_000_000_000);
    await expect.poll(() => investment(page)).toBe('3078.8');
  });

  it('stays in that past in every view, and goes to another from the history of a project', async () => {
    const { page } = await demo.open(`lang=zh&${AS_PUBLISHED}&knownAt=${moment}&compareWith=previousMonth`);
    await page.locator('#published button.quiet').click();
    const ofPublished = await page.locator('#published td a').first().getAttribute('href');
    expect(ofPublished).toContain(`knownAt=${moment}`);
    expect(ofPublished).not.toContain('revision');
    await page.locator('[data-measure=totalInvestment] a').click();
    await page.locator('#projects tbody tr').first().waitFor();
    expect(await total(page)).toContain('319');
    const { searchParams } = new URL(page.url());
    expect(searchParams.get('knownAt')).toBe(moment);
    expect(searchParams.has('revision')).toBe(false);
    await page.locator('input[type=search]').fill('HYRD-2020-0001');
    await page.locator('input[type=search]').press('Enter');
    await expect.poll(() => page.locator('#projects tbody tr').count()).toBe(1);
    await page.locator('td.name a').click();
    await page.locator('#history .changes > li.later', { hasText: '当时尚未录入' }).first().waitFor();
    const amount = () => textOf(page, '#facts dl > div:has-text("投资总额") dd');
    const before = await amount();
    await page.locator('#history .changes > li', { hasText: '修改' }).last().locator('a').click();
    await expect.poll(amount).not.toBe(before);
    expect(await textOf(page, '.past strong')).toBe(`按当时所知：修订号 ${revision + 1}`);
    expect(new URL(page.url()).searchParams.get('compareWith')).toBe('previousMonth');
    await page.locator('.head a', { hasText: '总览' }).click();
    await page.locator('.past').waitFor();
  });

  it('says that nothing was known yet, not that data is to be imported', async () => {
    const { page } = await demo.open('lang=zh&revision=1');
    await page.locator('#headline .state', { hasText: '没有符合条件的项目' }).waitFor();
  });

  it('says on the wall, too, that it shows the past', async () => {
    const { page } = await demo.open(`lang=en&${AS_PUBLISHED}&revision=${revision}&wall=1000`);
    await expect.poll(() => investment(page)).toBe('297.88');
    await page.locator('.past', { hasText: `As it was known: revision ${revision}` }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.locator('.past a').click();
    await expect.poll(() => investment(page)).toBe('307.88');
  });

  it.each(['zh', 'en'])('has no faults that axe finds, and fits a phone (%s)', async (lang) => {
    const query = `lang=${lang}&${AS_PUBLISHED}&revision=${revision}&compareWith=2021-03-31`;
    const { page } = await demo.open(query, { viewport: { width: 360, height: 740 } });
    await page.locator('.past').waitFor();
    await page.locator('#attention .rules li').first().waitFor();
    await page.locator('#growth .chart canvas').waitFor();
    await page.locator('.telling button').click();
    await page.locator('#headline .tool').nth(1).click();
    await page.locator('[data-part=permalinks] textarea').first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });
});

describe.skipIf(!hasChromium)('beside another day, the page', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await startDemo();
  });
  afterEach(() => demo.closePages());
  afterAll(async () => {
    await demo?.close();
    await endAll();
  });

  /** What is said of the other day, by measure. */
  const before = async (page: Page): Promise<Record<string, string>> =>
    Object.fromEntries(
      await page
        .locator('.figure')
        .evaluateAll((all) =>
          all.map((one) => [
            one.getAttribute('data-measure'),
            one.querySelector('.before')?.textContent?.trim(),
          ]),
        ),
    );

  it('shows differences and changes in percent, which it does not of itself', async () => {
    const { page } = await demo.open(`lang=zh&${AS_PUBLISHED}`);
    await page.locator('.before b').first().waitFor();
    expect((await before(page)).fundsInPlace).toBe('上年同日 780.69亿元+584.81亿元');
    expect(await page.locator('.before small, .rank .was').count()).toBe(0);
    const choice = page.locator('[data-choice=compareWith]');
    await choice.focus();
    // By keyboard: a year, a quarter, a month before.
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => new URL(page.url()).searchParams.get('compareWith')).toBe('previousYear');
    await choice.selectOption('previousMonth');
    const { comparison } = await demo.get(`/v1/statistics/summary?${AS_PUBLISHED}&compareWith=previousMonth`);
    expect(comparison.fundsInPlace.changePercent).toBe(3.9);
    await expect
      .poll(() => before(page))
      .toMatchObject({
        fundsInPlace: '上月同日 1313.67亿元+51.83亿元+3.9%',
        productionRate: `上月同日 32.0%+${comparison.productionRate.difference}个百分点`,
        projectCount: '上月同日 319持平',
      });
  });

  it('shows a day of its own, in English', async () => {
    const { page } = await demo.open(`lang=en&${AS_PUBLISHED}`);
    await page.locator('[data-choice=compareWith]').selectOption('day');
    await expect.poll(() => new URL(page.url()).searchParams.get('compareWith')).toBe('2021-08-31');
    await page.locator('.told input[type=date]').nth(1).fill('2021-03-31');
    await expect.poll(() => before(page)).toMatchObject({ overdueStartCount: 'on 2021-03-31 60−22−36.7%' });
    await page.locator('[data-choice=compareWith]').selectOption('');
    await expect.poll(() => before(page)).toMatchObject({ overdueStartCount: 'a year before 65−27' });
  });

  it('shows what was known of the same day', async () => {
    const { known } = await demo.get(`/v1/statistics/summary?${AS_PUBLISHED}`);
    const revision = known.revision - 1;
    const { page } = await demo.open(`lang=en&${AS_PUBLISHED}&compareWith=revision:${revision}`);
    const choice = page.locator('[data-choice=compareWith]');
    await expect.poll(() => choice.inputValue()).toBe('known');
    await expect
      .poll(() => before(page))
      .toMatchObject({
        overdueStartCount: expect.stringMatching(/^As it was known: revision \d+ \d+/),
      });
  });

  it('ranks prefectures with their ranks on that day', async () => {
    const query = 'event=hyrd-2020,hyrd-2022&asOf=2022-12-15';
    const { page } = await demo.open(`lang=zh&${query}&compareWith=2022-10-31&measure=startedCount`);
    const { items } = await demo.get(
      `/v1/statistics/breakdown?by=region&${query}&sort=-startedCount&compareWith=2022-10-31`,
    );
    // The one project without a prefecture comes last, so that it takes no rank of theirs.
    const expected = items
      .filter((item: Body) => item.groups.region.code !== null)
      .map(({ rank, previousRank }: Body) => [rank, previousRank]);
    expect(expected.some(([rank, previous]: number[]) => rank !== previous)).toBe(true);
    const shown = () =>
      page
        .locator('#ranking .rank')
        .evaluateAll((all) =>
          all.map((rank) =>
            ['b', '.was'].map((part) => Number(/\d+/.exec(rank.querySelector(part)?.textContent ?? '')?.[0])),
          ),
        );
    await expect.poll(shown).toEqual(expected);
    expect(await page.locator('#ranking .rank small').first().getAttribute('title')).toMatch(
      /^2022-10-31名次 \d+$/,
    );
  });
});

describe.skipIf(!hasChromium)('a permalink', () => {
  afterAll(endAll);

  it('of the page and of its figures shows the same after a correction', async () => {
    const demo = await startDemo();
    const { page } = await demo.open(`lang=zh&${AS_PUBLISHED}`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await expect.poll(() => investment(page)).toBe('2978.8');
    await page.locator('.telling button').focus();
    await page.keyboard.press('Enter');
    const copied = async (label: string, card = '[data-part=permalinks]'): Promise<string> => {
      await page.locator(`${card} button`, { hasText: label }).click();
      await page.locator(`${card} button`, { hasText: '已复制' }).first().waitFor();
      return (await page.evaluate('navigator.clipboard.readText()')) as string;
    };
    const ofPage = await copied('本页网址');
    const ofFigures = await copied('数据网址');
    const { revision } = await demo.get(`/v1/statistics/summary?${AS_PUBLISHED}`);
    expect(new URL(ofPage).search).toBe(`?lang=zh&event=hyrd-2020&asOf=2022-08-31&revision=${revision}`);
    const first = await fetch(ofFigures);
    expect(first.headers.get('cache-control')).toContain('immutable');
    const figures = await first.text();
    // Each part has its own.
    await page.locator('#industries .tool').nth(1).click();
    const ofPart = await copied('数据网址', '#industries');
    expect(((await (await fetch(ofPart)).json()) as Body).by).toEqual(['industry']);

    const [project] = (await demo.get('/v1/projects?code=HYRD-2020-0001')).items;
    const { headers } = await fetch(`${demo.address}/v1/projects/${project.id}`);
    await demo.send(
      'PATCH',
      `/v1/projects/${project.id}`,
      { investmentYuan: project.investmentYuan + 10_000_000_000 },
      { 'content-type': 'application/merge-patch+json', 'if-match': headers.get('etag') ?? '' },
    );
    await expect.poll(() => investment(page)).toBe('3078.8');
    await page.goto(ofPage);
    await expect.poll(() => investment(page)).toBe('2978.8');
    expect(await (await fetch(ofFigures)).text()).toBe(figures);
    await demo.closePages();
    await demo.close();
  });

  it('needs a key where only statistics are public', async () => {
    const demo = await startDemo('statistics');
    const { page } = await demo.open('lang=zh&event=hyrd-2020');
    await page.locator('[data-measure=projectCount] .number').waitFor();
    await page.locator('.telling button').click();
    await page.locator('.filters', { hasText: '使用密钥才能取得固定网址' }).waitFor();
    await page.goto(`${demo.address}/?lang=zh&revision=5`);
    await page.locator('.state', { hasText: '需要密钥才能查看' }).first().waitFor();
    await expect.poll(() => page.locator('.state').count()).toBe(1);
    await page.locator('.state a', { hasText: '回到当前数据' }).click();
    await page.locator('[data-measure=projectCount] .number').waitFor();
    await demo.close();
  });
});
