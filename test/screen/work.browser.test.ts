/** What people do with the page: look into a project, follow changes, enter a key, import a sheet. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Body } from '../support/app.ts';
import { hasChromium, type WatchedPage, WITHOUT_CHROMIUM } from '../support/browser.ts';
import { endAll } from '../support/process.ts';
import { AS_PUBLISHED, accessibilityFaults, type Demo, startDemo, textOf } from './demo.ts';

if (!hasChromium) it.skip(WITHOUT_CHROMIUM);

describe.skipIf(!hasChromium)('the page', () => {
  let demo: Demo;
  const projectWith = async (code: string): Promise<Body> =>
    (await demo.get(`/v1/projects?code=${code}`)).items[0];
  const change = async (id: string, changes: object): Promise<void> => {
    const { headers } = await fetch(`${demo.address}/v1/projects/${id}`);
    const answer = await demo.send('PATCH', `/v1/projects/${id}`, changes, {
      'content-type': 'application/merge-patch+json',
      'if-match': headers.get('etag') ?? '',
    });
    expect(answer.status).toBe(200);
  };
  const useKey = async (page: WatchedPage['page'], key: string): Promise<void> => {
    await page.locator('.head button.quiet').click();
    await page.locator('#key-field').fill(key);
    await page.locator('dialog .primary').click();
  };

  beforeAll(async () => {
    demo = await startDemo();
  });
  afterEach(() => demo.closePages());
  afterAll(async () => {
    await demo?.close();
    await endAll();
  });

  it('sorts and pages projects', async () => {
    const { page } = await demo.open(`lang=zh&${AS_PUBLISHED}&view=projects`);
    const codes = () => page.locator('#projects td.code').allInnerTexts();
    await page.locator('#projects thead a', { hasText: '投资总额' }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('sort')).toBe('-investmentYuan');
    const list = `/v1/projects?${AS_PUBLISHED}&sort=-investmentYuan&limit=25`;
    const first = await demo.get(list);
    const names = ({ items }: Body) => items.map(({ code }: Body) => code);
    await expect.poll(codes).toEqual(names(first));
    await page.locator('.pages a', { hasText: '下一页' }).click();
    await expect.poll(codes).toEqual(names(await demo.get(`${list}&cursor=${first.page.nextCursor}`)));
    await page.locator('.pages a', { hasText: '上一页' }).click();
    await expect.poll(codes).toEqual(names(first));
  });

  it('shows one project: its life, its ledger and who changed what', async () => {
    const project = await projectWith('HYRD-2020-0311');
    const { page } = await demo.open(`lang=zh&${AS_PUBLISHED}&view=projects&q=0311`);
    await page.locator('td.name a').first().click();
    await page.locator('#history .changes > li').first().waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    expect(await textOf(page, 'h1')).toBe(project.name);
    expect(await textOf(page, '#life')).toContain(`开工日期 ${project.startedOn}`);
    const { items: funds } = await demo.get(`/v1/projects/${project.id}/funds`);
    await page.locator('#ledger tbody tr').first().waitFor();
    expect(await page.locator('#ledger tbody tr').count()).toBe(funds.length);
    const { page: paged, items: history } = await demo.get(`/v1/projects/${project.id}/history?limit=20`);
    expect(await page.locator('#history .changes > li').count()).toBe(Math.min(20, paged.total));
    expect(await textOf(page, '#history .changes > li')).toContain(history[0].actor);
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('shows names as text, whatever they contain', async () => {
    const name = '<img src=/nowhere onerror="offend(1)"><b>项目</b>';
    const created = await demo.send('POST', '/v1/projects', {
      code: 'MARKUP-1',
      name,
      level: 'county',
      signedOn: '2020-07-01',
      investmentYuan: 100_000_000,
      note: '<script>offend(2)</script>',
    });
    expect(created.status).toBe(201);
    const { id } = await projectWith('MARKUP-1');
    const { page } = await demo.open('lang=zh&view=projects&code=MARKUP-1');
    await page.locator('td.name a').click();
    await page.locator('#history .changes > li').first().waitFor();
    expect(await textOf(page, 'h1')).toBe(name);
    expect(await textOf(page, '#facts')).toContain('<script>offend(2)</script>');
    expect(await page.locator('main img').count()).toBe(0);
    const { headers } = await fetch(`${demo.address}/v1/projects/${id}`);
    await fetch(`${demo.address}/v1/projects/${id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${demo.key}`, 'if-match': headers.get('etag') ?? '' },
    });
  });

  it('moves a figure when a project starts elsewhere, and says when it is behind', async () => {
    const { page, offences } = await demo.open(`lang=zh&${AS_PUBLISHED}`);
    const parts = () => textOf(page, '[data-measure=operatingRate] .parts');
    await page.locator('.live.live').waitFor();
    await expect.poll(parts).toBe('266 / 319');
    const { id } = (await demo.get(`/v1/projects?${AS_PUBLISHED}&started=false&terminated=false&limit=1`))
      .items[0];
    const { startedOn } = await demo.get(`/v1/projects/${id}`);
    await change(id, { startedOn: '2022-08-31' });
    await expect.poll(parts).toBe('267 / 319');
    await change(id, { startedOn });
    await expect.poll(parts).toBe('266 / 319');

    await page.context().setOffline(true);
    await page.locator('.live.behind', { hasText: '网络已断开' }).waitFor();
    expect(await parts()).toBe('266 / 319');
    await page.context().setOffline(false);
    await page.locator('.live.live').waitFor();
    offences.splice(
      0,
      offences.length,
      ...offences.filter((what) => !what.includes('ERR_INTERNET_DISCONNECTED')),
    );
  });

  it('names published figures that no longer agree', async () => {
    const figure = {
      event: 'hyrd-2020',
      measure: 'projectCount',
      value: '320',
      unit: 'projects',
      asOf: '2022-08-31',
      source: { publisher: '示例日报', publishedOn: '2022-09-01' },
    };
    const { page } = await demo.open(`lang=zh&${AS_PUBLISHED}`);
    await page.locator('#published', { hasText: '全部一致' }).waitFor();
    const answer = await demo.send('POST', '/v1/published-figures', figure);
    expect(answer.status).toBe(201);
    await page.locator('#published tr.differs').waitFor();
    expect(await textOf(page, '#published tr.differs')).toMatch(
      /^项目数 .*2022-08-31 320个项目 319个项目 ✗ 不一致$/,
    );
    const { id } = (await answer.json()) as Body;
    await fetch(`${demo.address}/v1/published-figures/${id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${demo.key}`, 'if-match': answer.headers.get('etag') ?? '' },
    });
    await page.locator('#published', { hasText: '全部一致' }).waitFor();
  });

  it('imports a sheet from the corner: preview, faults, correction, commit', async () => {
    const { page } = await demo.open('lang=zh&view=corner');
    await page.locator('.corner').waitFor();
    expect(await textOf(page, '.corner')).toContain('导入需要具有编辑权限的密钥');
    await useKey(page, demo.key);
    const template = page.waitForEvent('download');
    await page.locator('.corner button', { hasText: '下载项目模板' }).click();
    expect((await template).suggestedFilename()).toMatch(/项目导入模板.*\.xlsx$/);

    const sheet = (name: string, ...rows: string[]) => ({
      name: '项目.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(['项目编号,项目名称', `HYRD-2020-0001,${name}`, ...rows].join('\r\n')),
    });
    await page.locator('.drop input').setInputFiles(sheet('改名一', 'HYRD-2020-9999,缺列'));
    await page.locator('.report .faults tbody tr').first().waitFor();
    expect(await page.locator('.corner .primary').count()).toBe(0);
    const report = page.waitForEvent('download');
    await page.locator('.report button', { hasText: '下载问题清单' }).click();
    expect((await report).suggestedFilename()).toMatch(/\.xlsx$/);

    const before = (await projectWith('HYRD-2020-0001')).name;
    await page.locator('.corner button', { hasText: '换一个文件' }).click();
    await page.locator('.drop input').setInputFiles(sheet('改名一'));
    await page.locator('.report[data-mode=preview] .cells tbody tr').waitFor();
    expect(await textOf(page, '.cells tbody tr')).toBe(`2 HYRD-2020-0001 变更 项目名称 ${before} 改名一`);
    expect((await projectWith('HYRD-2020-0001')).name).toBe(before);
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.locator('.corner .primary').click();
    await page.locator('.report[data-mode=commit]').waitFor();
    expect(await textOf(page, '[data-count=changed] dd')).toBe('1');
    expect((await projectWith('HYRD-2020-0001')).name).toBe('改名一');
  });

  it('keeps a key in this tab only, and sends it in a header only', async () => {
    const { page } = await demo.open('lang=zh&view=corner');
    const requests: string[] = [];
    page.on('request', (request) => requests.push(`${request.url()} ${request.headers().authorization}`));
    await useKey(page, demo.key);
    await page.locator('.drop').waitFor();
    expect(requests.some((request) => request.endsWith(` Bearer ${demo.key}`))).toBe(true);
    expect(requests.filter((request) => request.split(' ')[0]?.includes('luodi_'))).toEqual([]);
    expect(page.url()).not.toContain('luodi_');
    expect(await page.evaluate('localStorage.length + document.cookie.length')).toBe(0);
    expect(await page.evaluate('Object.values({ ...sessionStorage })')).toEqual([demo.key]);
    await page.locator('.head a', { hasText: '总览' }).click();
    await page.locator('#ranking .tool[title=接口请求]').click();
    const curl = await page.locator('#ranking textarea').first().inputValue();
    expect(curl).toContain('-H "Authorization: Bearer $KEY"');
    const other = await page.context().newPage();
    await other.goto(`${demo.address}/?lang=zh&view=corner`);
    await other.locator('.corner', { hasText: '导入需要具有编辑权限的密钥' }).waitFor();
  });

  it('turns its pages on the wall, by itself and by keyboard', async () => {
    const { page } = await demo.open(`lang=zh&${AS_PUBLISHED}&wall=1`, {
      viewport: { width: 1920, height: 1080 },
      reducedMotion: 'reduce',
    });
    await page.locator('#headline .number').first().waitFor();
    await page.locator('.wall-page[data-page="1"]').waitFor();
    await page.keyboard.press('Space');
    await page.locator('button', { hasText: '继续轮播' }).waitFor();
    const at = Number(await page.locator('.wall-page').getAttribute('data-page'));
    await page.keyboard.press('ArrowRight');
    await page.locator(`.wall-page[data-page="${(at + 1) % 5}"]`).waitFor();
    for (let turn = 0; turn < 5; turn++) {
      await page.locator('.turn').nth(turn).click();
      await page.locator(`.wall-page[data-page="${turn}"] .card`).nth(1).waitFor();
      await expect.poll(() => page.locator('.loading').count()).toBe(0);
      expect(await accessibilityFaults(page), `page ${turn}`).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(1920);
    }
  });

  it('has dialogs and lists without faults that axe finds', async () => {
    const { page } = await demo.open('lang=en&view=projects');
    await page.locator('#projects tbody tr').first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.locator('.head button.quiet').click();
    expect(await accessibilityFaults(page)).toEqual([]);
  });
});

describe.skipIf(!hasChromium)('without a key, the page', () => {
  afterAll(endAll);
  const refused = (what: string) => what.includes('401 (Unauthorized)');

  it('shows nothing where nothing is public, says so, and shows all with a key', async () => {
    const demo = await startDemo('none');
    const { page, offences } = await demo.open(`lang=zh&${AS_PUBLISHED}`);
    await page.locator('.state', { hasText: '需要密钥才能查看' }).waitFor();
    expect(await page.locator('.number').count()).toBe(0);
    await page.locator('.state button').click();
    await page.locator('#key-field').fill('luodi_wrong');
    await page.locator('dialog .primary').click();
    await page.locator('#key-wrong', { hasText: '服务不接受这个密钥' }).waitFor();
    await page.locator('#key-field').fill(demo.key);
    await page.locator('dialog .primary').click();
    await page.locator('[data-measure=operatingRate] .number', { hasText: '83.4' }).waitFor();
    await page.locator('.live.live').waitFor();
    await page.locator('.head button.quiet').click();
    await page.locator('dialog button', { hasText: '清除密钥' }).click();
    await page.locator('.state', { hasText: '需要密钥才能查看' }).waitFor();
    expect(await page.locator('.number').count()).toBe(0);
    expect(offences.filter((what) => !refused(what))).toEqual([]);
    await demo.close();
  });

  it('shows the statistics where they are public, and says of the rest that it needs a key', async () => {
    const demo = await startDemo('statistics');
    const { page, offences } = await demo.open('lang=zh&event=hyrd-2020');
    const public_ = (await (
      await fetch(`${demo.address}/v1/statistics/summary?event=hyrd-2020`)
    ).json()) as Body;
    await page
      .locator('[data-measure=projectCount] .number', { hasText: String(public_.projectCount) })
      .waitFor();
    expect(await page.locator('#funnel a').count()).toBe(0);
    await page.locator('#growth .state', { hasText: '需要密钥才能查看' }).waitFor();
    await page.locator('.live.refused').waitFor();
    expect(offences.filter((what) => !refused(what))).toEqual([]);
    await demo.close();
  });
});
