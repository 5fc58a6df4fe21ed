/** Child process: fills columns from a database, and only reads the same rows. */
import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { openDatabase } from '../../src/database/open.ts';
import { type FillTimes, run } from './fill-work.ts';

export interface FillJob {
  url: string;
  runs: number;
}
export interface FillsMeasured {
  fills: FillTimes[];
  /** Milliseconds of a program that reads the same rows and does nothing with them. */
  reads: number[];
  /** How long the event loop was held up at most, in milliseconds. */
  heldUp: number;
}

const READ = [
  `select id, signed_on, registered_on, started_on, completed_on, production_on, suspended_on, resumed_on,
    terminated_on, agreed_start_on, agreed_production_on, event_code, region_code, zone_code, industry_code, level,
    lead_investor_id, investment_yuan, investment_estimated, contracted_funds_yuan, search_text, updated_at, archived_at
    from projects order by id`,
  'select project_id, received_on, amount_yuan from funds_entries order by project_id',
  'select project_id, enterprise_id from project_investors where position <> 0 order by project_id',
];

function read(file: string): number {
  const db = new Sqlite(file, { readonly: true });
  const began = performance.now();
  for (const statement of READ) {
    const rows = db.prepare(statement).raw().iterate();
    for (const _ of rows);
  }
  db.close();
  return performance.now() - began;
}

async function measure({ url, runs }: FillJob): Promise<FillsMeasured> {
  const measured: FillsMeasured = { fills: [], reads: [], heldUp: 0 };
  const database = await openDatabase(url);
  const work = { module: new URL('fill-work.ts', import.meta.url), resident: true, run };
  let isFilling = true;
  const watching = (async () => {
    while (isFilling) {
      const began = performance.now();
      await sleep(5);
      measured.heldUp = Math.max(measured.heldUp, performance.now() - began - 5);
    }
  })();
  for (let turn = 0; turn < runs; turn++)
    for await (const times of database.stream(work, undefined)) measured.fills.push(times);
  isFilling = false;
  await watching;
  await database.close();
  if (url.startsWith('file:'))
    for (let turn = 0; turn < runs; turn++) measured.reads.push(read(url.slice('file:'.length)));
  return measured;
}

process.once('message', async (job: FillJob) => {
  process.send?.(await measure(job));
});
