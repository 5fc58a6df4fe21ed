/** Whether the service keeps memory: what it has under mixed load, each minute. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadDemo } from '../../src/features/demo/service.ts';
import { openService } from '../../src/main.ts';
import { quantile } from '../bench/exports.ts';
import { startLoad } from './load.ts';
import type { Faults } from './parts.ts';
import { placeIn, type Service, startService, verify } from './service.ts';

/** The minute with which the last one is compared. */
const SETTLED = 5;
const MOST = 1.1;

const MB = 1_048_576;

/**
 * Resident memory in MB. What is mapped from files (the database, among them) is given back when others need it; the
 * rest is not.
 */
function resident(pid: number): { all: number; own: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const of = (name: string) =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1_024);
  return { all: of('VmRSS'), own: of('RssAnon') };
}

/** The memory of a minute: the median of its seconds. */
async function minuteOf(service: Service, seconds: number) {
  const seen: { all: number; own: number }[] = [];
  for (let second = 0; second < seconds; second++) {
    await sleep(1_000);
    seen.push(resident(service.pid));
  }
  const middle = (what: 'all' | 'own') =>
    quantile(
      seen.map((one) => one[what]),
      0.5,
    );
  const { heapUsed, heapTotal, external, arrayBuffers } = await service.tell({ memory: true });
  const inMegabytes = (bytes: number) => Math.round(bytes / MB);
  return {
    resident: middle('all'),
    own: middle('own'),
    peak: Math.max(...seen.map(({ own }) => own)),
    heapUsed: inMegabytes(heapUsed),
    heapTotal: inMegabytes(heapTotal),
    external: inMegabytes(external),
    arrayBuffers: inMegabytes(arrayBuffers),
  };
}

type Minute = Awaited<ReturnType<typeof minuteOf>>;

/** @param snapshots whether to write heap snapshots of the minutes that are compared; that takes memory itself */
export async function memory({
  folder,
  minutes,
  say,
  snapshots,
}: Pick<Faults, 'folder' | 'say'> & { minutes: number; snapshots: boolean }): Promise<void> {
  const place = await placeIn(folder);
  const opened = await openService({ DATABASE_URL: `file:${place.file}`, TIME_ZONE: 'Asia/Shanghai' });
  await loadDemo(opened, () => undefined);
  await opened.database.close();
  const service = await startService(place);
  const end = startLoad(service);
  const seen: Minute[] = [];
  const tell = (name: string, minute: Minute) =>
    say(
      `${name}: ${Object.entries(minute)
        .map(([what, megabytes]) => `${what} ${megabytes}`)
        .join(', ')} MB`,
    );
  for (let minute = 1; minute <= minutes; minute++) {
    const found = await minuteOf(service, 60);
    seen.push(found);
    tell(`minute ${minute}`, found);
    if (snapshots && (minute === SETTLED || minute === minutes))
      await service.tell({ snapshot: `${place.folder}/${minute}.heapsnapshot` });
  }
  say(`answered: ${JSON.stringify(await end())}`);
  tell('at rest', await minuteOf(service, 30));
  await service.stop();
  await verify(place);
  const [settled, last] = [seen[SETTLED - 1], seen.at(-1)];
  if (!settled || !last || minutes <= SETTLED) return;
  const growth = last.own / settled.own;
  say(`minute ${minutes} ÷ minute ${SETTLED}: ${growth.toFixed(2)} of memory that is not mapped from files`);
  if (growth > MOST) throw new Error(`memory grew by ${Math.round((growth - 1) * 100)} %`);
}
