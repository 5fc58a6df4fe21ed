/**
 * The sections of the benchmark. Each starts its servers, puts them under load in turns, and returns rows of
 * the table.
 */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { DEFAULT_SORT } from '../../src/features/projects/batches.ts';
import { projectSortKeys, projectTieBreaker } from '../../src/features/projects/repository.ts';
import { pageRequest } from '../../src/http/pages.ts';
import { timeOf, untilReady } from './calls.ts';
import type { Figures, Job, Request } from './load.ts';
import { residentMegabytes } from './machine.ts';
import { delegate, type Server, startListening, startServer, startService } from './processes.ts';

export interface Row {
  name: string;
  ours: string;
  yardstick: string;
  ratio?: number;
  /** Target of the ratio, a minimum or maximum. */
  target?: { least: number } | { most: number };
}

export interface Setting {
  /** Folder for databases. */
  folder: string;
  demo: string;
  /** An administrator's key for the demo. */
  key: string;
  /** A database with the given number of fictional projects; generated if missing. */
  madeUp(projects: number): Promise<string>;
  /** Duration of one run. */
  seconds: number;
  runs: number;
}

const CONNECTIONS = 32;
const MILLION = 1_000_000;

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;

interface Contender {
  server: Server;
  /** Perhaps others in each run. */
  requests: Request[] | ((run: number) => Request[]);
  expect?: number;
}

/** Puts contenders under load in turns, with several runs each, and returns the median figures of each. */
async function race<Name extends string>(
  { seconds, runs }: Setting,
  contenders: Record<Name, Contender>,
): Promise<Record<Name, Figures>> {
  const names = Object.keys(contenders) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Figures[]>;
  for (let run = 0; run < runs; run++) {
    for (const name of names) {
      const { server, requests, expect = 200 } = contenders[name];
      const figures = await delegate<Job, Figures>('load.ts', {
        url: server.url,
        serverPid: server.pid,
        requests: typeof requests === 'function' ? requests(run) : requests,
        expect,
        connections: CONNECTIONS,
        seconds,
        warmUp: run === 0 ? 2 * seconds : seconds / 4,
      });
      measured[name].push(figures);
    }
  }
  const middle = (all: Figures[]): Figures => ({
    perSecond: median(all.map((one) => one.perSecond)),
    perCpuSecond: median(all.map((one) => one.perCpuSecond)),
    serverCpu: median(all.map((one) => one.serverCpu)),
    clientCpu: median(all.map((one) => one.clientCpu)),
  });
  return Object.fromEntries(names.map((name) => [name, middle(measured[name])])) as Record<Name, Figures>;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

const shown = ({ perSecond, perCpuSecond, serverCpu, clientCpu }: Figures): string =>
  `${Math.round(perCpuSecond)} (${Math.round(perSecond)}/s; server ${percent(serverCpu)}, client ${percent(clientCpu)})`;

const compared = (name: string, ours: Figures, yardstick: Figures, target: Row['target']): Row => ({
  name,
  ours: shown(ours),
  yardstick: shown(yardstick),
  ratio: ours.perCpuSecond / yardstick.perCpuSecond,
  ...(target && { target }),
});

const get = (path: string): Request => ({ path });

/** Random ids, for single reads that a cache of one row cannot answer. */
function idsOf(file: string, limit: number): string[] {
  const db = new Sqlite(file, { readonly: true });
  const ids = db
    .prepare<[number], string>('select id from projects where archived_at is null order by random() limit ?')
    .pluck()
    .all(limit);
  db.close();
  return ids;
}

const SUMMARY = '/v1/statistics/summary?event=hyrd-2020&asOf=2022-08-31';

/** Pages with a bound that varies but excludes nothing, so that consecutive requests differ. */
const pages = (prefix: string): Request[] =>
  Array.from({ length: 64 }, (_, i) =>
    get(`${prefix}/projects?event=hyrd-2020&minInvestment=${i + 1}&limit=50`),
  );

export async function demoReads(setting: Setting): Promise<Row[]> {
  const service = await startService(setting.demo);
  const yardstick = await startServer('by-hand.ts', setting.demo);
  await sleep(1_000);
  const idle = residentMegabytes(service.pid);
  const summary = await fetch(service.url + SUMMARY);
  const etag = summary.headers.get('etag') as string;
  await fetch(`${yardstick.url}/bare`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: await summary.text(),
  });
  const ids = idsOf(setting.demo, 1_000);
  const cached = await race(setting, {
    bare: { server: yardstick, requests: [get('/bare')] },
    summary: { server: service, requests: [get(SUMMARY)] },
    fresh: {
      server: service,
      requests: [{ path: SUMMARY, headers: { 'if-none-match': etag } }],
      expect: 304,
    },
  });
  const single = await race(setting, {
    ours: { server: service, requests: ids.map((id) => get(`/v1/projects/${id}`)) },
    byHand: { server: yardstick, requests: ids.map((id) => get(`/by-hand/projects/${id}`)) },
  });
  const paged = await race(setting, {
    ours: { server: service, requests: pages('/v1') },
    byHand: { server: yardstick, requests: pages('/by-hand') },
  });
  const loaded = residentMegabytes(service.pid);
  await Promise.all([service.stop(), yardstick.stop()]);
  return [
    compared('summary from the cache ÷ bare', cached.summary, cached.bare, { least: 0.7 }),
    compared('304 to a conditional GET ÷ bare', cached.fresh, cached.bare, { least: 0.7 }),
    compared('project by id ÷ by hand', single.ours, single.byHand, { least: 0.8 }),
    compared('filtered page of 50 ÷ by hand', paged.ours, paged.byHand, { least: 1.3 }),
    { name: 'memory, demo data', ours: `${idle} MB idle, ${loaded} MB after the load`, yardstick: '' },
  ];
}

/** Days on which there are projects. */
const DAYS = Array.from({ length: 2_000 }, (_, i) =>
  new Date(Date.UTC(2020, 6, 1 + i)).toISOString().slice(0, 10),
);

/** A summary of the demo that has been asked for before, and others that have not. */
export async function coldOfDemo(setting: Setting): Promise<Row[]> {
  const service = await startService(setting.demo);
  await untilReady(service, 0);
  const path = '/v1/statistics/summary?event=hyrd-2020&minInvestment=';
  const { cold, cached } = await race(setting, {
    cold: {
      server: service,
      // With bounds that exclude nothing.
      requests: (run) =>
        DAYS.flatMap((day) =>
          Array.from({ length: 16 }, (_, i) => get(`${path}${16 * run + i + 1}&asOf=${day}`)),
        ),
    },
    cached: { server: service, requests: [get(`${path}0&asOf=2022-08-31`)] },
  });
  await service.stop();
  return [compared('319 projects: a cold summary ÷ one from the cache', cold, cached, { least: 0.5 })];
}

/** The cost of authentication and authorization: with a key compared to without. */
export async function accessChecks(setting: Setting): Promise<Row[]> {
  const service = await startService(setting.demo);
  const authorization = `Bearer ${setting.key}`;
  const ids = idsOf(setting.demo, 1_000);
  const summary = await race(setting, {
    open: { server: service, requests: [get(SUMMARY)] },
    keyed: { server: service, requests: [{ ...get(SUMMARY), headers: { authorization } }] },
  });
  const single = await race(setting, {
    open: { server: service, requests: ids.map((id) => get(`/v1/projects/${id}`)) },
    keyed: {
      server: service,
      requests: ids.map((id) => ({ ...get(`/v1/projects/${id}`), headers: { authorization } })),
    },
  });
  await service.stop();
  return [
    compared('summary from the cache, with a key ÷ without', summary.keyed, summary.open, { least: 0.9 }),
    compared('project by id, with a key ÷ without', single.keyed, single.open, { least: 0.9 }),
  ];
}

/** A new project as sent by an integrator; its code is unique. */
const newProject = (key: string): Request => ({
  method: 'POST',
  path: '/v1/projects',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
  body: JSON.stringify({
    code: 'MADE-UP-{n}',
    name: '虚构项目',
    nameEn: 'Made-up project',
    event: 'hyrd-2020',
    level: 'provincial',
    region: '430100',
    industry: '39',
    investmentYuan: 500_000_000,
    contractedFundsYuan: 400_000_000,
    signedOn: '2020-06-29',
    registeredOn: '2020-08-01',
    startedOn: '2020-09-15',
    agreedStartOn: '2020-10-01',
  }),
});

/** Creates in two copies of the demo. */
async function racedCreates(
  setting: Setting,
  start: (yardstick: boolean, file: string) => Promise<Server>,
  row: Pick<Row, 'name' | 'target'>,
): Promise<Row> {
  const begin = (name: string) => {
    const file = join(setting.folder, `${name}.db`);
    copyFileSync(setting.demo, file);
    return start(name === 'yardstick', file);
  };
  const servers = { ours: await begin('ours'), yardstick: await begin('yardstick') };
  const creating = (server: Server) => ({ server, requests: [newProject(setting.key)], expect: 201 });
  const { ours, yardstick } = await race(setting, {
    ours: creating(servers.ours),
    yardstick: creating(servers.yardstick),
  });
  await Promise.all([servers.ours.stop(), servers.yardstick.stop()]);
  // Limited by the disk, not by the processor.
  return { ...compared(row.name, ours, yardstick, row.target), ratio: ours.perSecond / yardstick.perSecond };
}

export const creates = async (setting: Setting): Promise<Row[]> => [
  await racedCreates(
    setting,
    (isYardstick, file) => startServer('service.ts', `file:${file}`, ...(isYardstick ? ['1'] : [])),
    { name: 'durable creates ÷ groups of one', target: { least: 2.5 } },
  ),
];

/** Creates without and with something more in the database. */
export const createsWithout = (setting: Setting, what: string, add: (file: string) => void): Promise<Row> =>
  racedCreates(
    setting,
    (isYardstick, file) => {
      if (isYardstick) add(file);
      return startServer('service.ts', `file:${file}`);
    },
    { name: `durable creates without ÷ with ${what}` },
  );

const DEPTH = 500_000;

/** The cursor of the page after the given number of rows in the list's default order. */
function cursorAt(file: string, depth: number): string {
  const db = new Sqlite(file, { readonly: true });
  const row = db
    .prepare(
      `select id, signed_on as signedOn from projects where archived_at is null
       order by signed_on desc, id desc limit 1 offset ?`,
    )
    .get(depth - 1);
  db.close();
  return pageRequest({}, projectSortKeys, DEFAULT_SORT, projectTieBreaker).cursorAfter(row as never);
}

export async function millionReads(setting: Setting): Promise<Row[]> {
  const file = await setting.madeUp(MILLION);
  const demo = await startService(setting.demo);
  const million = await startService(file);
  await sleep(1_000);
  const idle = residentMegabytes(million.pid);
  const single = await race(setting, {
    million: {
      server: million,
      requests: idsOf(file, 20_000).map((id) => get(`/v1/projects/${id}`)),
    },
    demo: { server: demo, requests: idsOf(setting.demo, 1_000).map((id) => get(`/v1/projects/${id}`)) },
  });
  const paged = await race(setting, {
    million: { server: million, requests: [get('/v1/projects?limit=50')] },
    deep: {
      server: million,
      requests: [get(`/v1/projects?limit=50&cursor=${cursorAt(file, DEPTH)}`)],
    },
    demo: { server: demo, requests: [get('/v1/projects?limit=50')] },
  });
  const loaded = residentMegabytes(million.pid);
  await Promise.all([demo.stop(), million.stop()]);
  return [
    compared('a million: project by id ÷ demo', single.million, single.demo, { least: 0.7 }),
    compared('a million: first page of 50 ÷ demo', paged.million, paged.demo, { least: 0.7 }),
    // As fast as the first page, with tolerance for variations of the machine.
    compared('a million: page at 500 000 ÷ first', paged.deep, paged.million, { least: 0.9 }),
    { name: 'memory, a million', ours: `${idle} MB idle, ${loaded} MB after the load`, yardstick: '' },
  ];
}

/** Milliseconds from the start of a process to its first 200, and to that of another request. */
async function coldStartOf(begin: () => Promise<Server>, path: string): Promise<[number, number]> {
  const began = performance.now();
  const server = await begin();
  const listening = performance.now() - began;
  await timeOf(server.url + path);
  const answered = performance.now() - began;
  await server.stop();
  return [listening, answered];
}

export async function coldStart(setting: Setting): Promise<Row[]> {
  const bareScript = [fileURLToPath(new URL('bare.mjs', import.meta.url))];
  const ours: [number, number][] = [];
  const bare: number[] = [];
  for (let run = 0; run < 2 * setting.runs - 1; run++) {
    bare.push((await coldStartOf(() => startListening(bareScript), '/livez'))[0]);
    ours.push(await coldStartOf(() => startService(setting.demo), SUMMARY));
  }
  const row = (what: string, mine: number, most: number): Row => ({
    name: `cold start to the first ${what} ÷ bare, to its first 200`,
    ours: `${Math.round(mine)} ms`,
    yardstick: `${Math.round(median(bare))} ms`,
    ratio: mine / median(bare),
    target: { most },
  });
  return [
    row('200', median(ours.map(([listening]) => listening)), 2),
    row('figure of the demo', median(ours.map(([, answered]) => answered)), 2.3),
  ];
}
