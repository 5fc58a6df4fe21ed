/** What is done to the service while clients write. After each, all is there that was acknowledged, and once. */
import { execFileSync } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { validEnd } from '../support/wal.ts';
import { endAll, type Place, placeIn, type Service, startService, verify } from './service.ts';
import { Writers } from './writers.ts';

export interface Faults {
  folder: string;
  rounds: number;
  say(line: string): void;
}

/** Repeats what is open, and compares what is there with what was acknowledged. */
async function prove(place: Place, service: Service, writers: Writers, say: Faults['say']): Promise<void> {
  await writers.settle(service);
  await writers.check(service);
  await service.stop();
  await verify(place);
  say(`${writers.acknowledged} projects acknowledged, ${writers.refused} times "again"; all are there once`);
}

/** @param harm what is done to the file of a killed service */
async function killed(
  { folder, rounds, say }: Faults,
  name: string,
  harm: (file: string, round: number) => void,
) {
  const place = await placeIn(folder);
  const writers = new Writers(name);
  for (let round = 0; round < rounds; round++) {
    const service = await startService(place);
    await writers.settle(service);
    const stop = writers.start(service);
    await sleep(randomInt(200, 1_500));
    await service.kill();
    await stop();
    harm(place.file, round);
  }
  await prove(place, await startService(place), writers, say);
}

/** SIGKILL at random moments. */
export const kill = (faults: Faults): Promise<void> => killed(faults, 'KILL', () => {});

const FRAME = 24 + 4_096;

/** What a power cut leaves behind the last frame of the log that was synced. */
const tails: ((last: Buffer) => Buffer)[] = [
  () => Buffer.alloc(0),
  () => randomBytes(randomInt(1, 3 * FRAME)),
  (last) => last.subarray(0, randomInt(1, FRAME)),
  (last) => {
    const flipped = Buffer.from(last);
    const at = randomInt(FRAME);
    flipped[at] = (flipped[at] as number) ^ (1 << randomInt(8));
    return flipped;
  },
  () => Buffer.alloc(2 * FRAME),
];

/** A write-ahead log that is torn, or has flipped bits, where it was not synced. */
export const torn = (faults: Faults): Promise<void> =>
  killed(faults, 'TORN', (file, round) => {
    const end = validEnd(file);
    if (end < FRAME) return;
    const wal = readFileSync(`${file}-wal`);
    const tail = (tails[round % tails.length] as (last: Buffer) => Buffer)(wal.subarray(end - FRAME, end));
    const open = openSync(`${file}-wal`, 'r+');
    ftruncateSync(open, end);
    writeSync(open, tail, 0, tail.length, end);
    closeSync(open);
  });

/** Milliseconds from now until midnight in Shanghai, where the service is. */
const untilMidnight = (): number => {
  const day = 86_400_000;
  return day - ((Date.now() + 8 * 3_600_000) % day);
};

/** A clock that goes back and forth over midnight; the entries stay in the order of their times. */
export async function clock({ folder, rounds, say }: Faults): Promise<void> {
  const place = await placeIn(folder);
  const writers = new Writers('CLOCK');
  const service = await startService(place);
  for (let round = 0; round < rounds; round++) {
    const stop = writers.start(service, 4);
    for (let jump = 0; jump < 5; jump++) {
      await service.tell({ clock: untilMidnight() + randomInt(-600_000, 600_000) });
      await sleep(200);
    }
    await stop();
  }
  await inOrder(service);
  await prove(place, service, writers, say);
}

/** @throws unless each entry of the log is from after the one before it, or from the same time */
async function inOrder({ url, headers }: Service): Promise<void> {
  let last = { seq: 0, at: '' };
  const days = new Set<string>();
  for (;;) {
    const response = await fetch(`${url}/v1/changes?after=${last.seq}&limit=500`, { headers });
    const { items } = (await response.json()) as { items: (typeof last)[] };
    if (items.length === 0) break;
    for (const entry of items) {
      if (entry.at < last.at) throw new Error(`entry ${entry.seq} is from before entry ${last.seq}`);
      last = entry;
      days.add(new Date(Date.parse(entry.at) + 8 * 3_600_000).toISOString().slice(0, 10));
    }
  }
  if (days.size < 2) throw new Error('the clock never went over midnight');
}

const HELD_MS = 20_000;

/** SQLite's lock held by another program for 20 s. */
export async function lock({ folder, say }: Faults): Promise<void> {
  const place = await placeIn(folder);
  const writers = new Writers('LOCK');
  const service = await startService(place);
  const stop = writers.start(service);
  await sleep(1_000);
  const outside = new Sqlite(place.file, { timeout: 10_000 });
  outside.exec('begin immediate');
  const [before, end] = [writers.acknowledged, performance.now() + HELD_MS];
  const waits: number[] = [];
  while (performance.now() < end) {
    const began = performance.now();
    await (await fetch(`${service.url}/livez`)).arrayBuffer();
    waits.push(performance.now() - began);
    await sleep(20);
  }
  // What was on its way when the lock was taken.
  if (writers.acknowledged > before + 16 * 50)
    throw new Error('the service wrote although the lock was held');
  outside.exec('rollback');
  outside.close();
  say(`/livez meanwhile: at most ${Math.max(...waits).toFixed(0)} ms`);
  await sleep(1_000);
  await stop();
  await prove(place, service, writers, say);
}

const ROOM = '96m';

/** A file system that is full, during writes and imports, at the stop and at the start. */
export async function full({ folder, rounds, say }: Faults): Promise<void> {
  const small = join(folder, 'small');
  mkdirSync(small);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${ROOM}`, 'tmpfs', small], { stdio: 'ignore' });
  } catch {
    say('left out: a small file system can only be mounted by root');
    return;
  }
  try {
    const place = await placeIn(small);
    const ballast = join(small, 'ballast');
    const writers = new Writers('FULL');
    let service = await startService(place);
    for (let round = 0; round < rounds; round++) {
      const stop = writers.start(service);
      await sleep(300);
      const refused = writers.refused;
      fill(ballast);
      while (writers.refused < refused + 20) await sleep(20);
      // An import can end only when there is room again, or with its process.
      if (round % 2 === 1) await service.stop();
      rmSync(ballast);
      if (round % 2 === 1) service = await startService(place);
      await stop();
      await writers.settle(service);
    }
    await prove(place, service, writers, say);
  } finally {
    await endAll();
    execFileSync('umount', [small]);
  }
}

/** Takes all room that is left. */
function fill(ballast: string): void {
  if (existsSync(ballast)) rmSync(ballast);
  const open = openSync(ballast, 'w');
  for (let size = 1 << 20; size >= 4_096; ) {
    try {
      writeSync(open, Buffer.alloc(size, 1));
    } catch {
      size /= 2;
    }
  }
  closeSync(open);
}
