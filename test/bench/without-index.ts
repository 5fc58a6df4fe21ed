/** Writing before and after the index went that covered all that statistics read. */
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { importSheet } from './calls.ts';
import { smallDatabase } from './exports.ts';
import { emptied, sheetOf, usualColumnsOf } from './imports.ts';
import { startService } from './processes.ts';
import { createsWithout, type Row, type Setting } from './sections.ts';

const WHAT = 'the covering index of statistics';

/** As it was until migration 0012. */
function addIndex(file: string): void {
  const db = new Sqlite(file);
  db.exec(`drop index projects_event;
    create index projects_statistics on projects (event_code, signed_on, id, archived_at, level, region_code, zone_code,
      industry_code, lead_investor_id, investment_yuan, investment_estimated, contracted_funds_yuan, registered_on,
      started_on, completed_on, production_on, suspended_on, resumed_on, terminated_on, agreed_start_on,
      agreed_production_on)`);
  db.close();
}

export async function withoutIndex(setting: Setting): Promise<Row[]> {
  const full = await smallDatabase(setting);
  const sheet = usualColumnsOf(await sheetOf(full));
  const template = join(setting.folder, 'without-index.db');
  const key = await emptied(full, template);
  const file = join(setting.folder, 'without-index-run.db');
  let rows = 0;
  const secondsOf = async (isYardstick: boolean): Promise<number> => {
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
    copyFileSync(template, file);
    if (isYardstick) addIndex(file);
    const service = await startService(file, { IMPORT_DIR: join(setting.folder, 'imports') }, 'both');
    const began = performance.now();
    rows = (await importSheet(service, key, sheet)).created;
    const seconds = (performance.now() - began) / 1_000;
    await service.stop();
    return seconds;
  };
  const least = { ours: Number.POSITIVE_INFINITY, yardstick: Number.POSITIVE_INFINITY };
  for (let run = 0; run < Math.min(setting.runs, 3) - 1; run++) {
    least.yardstick = Math.min(least.yardstick, await secondsOf(true));
    least.ours = Math.min(least.ours, await secondsOf(false));
  }
  return [
    await createsWithout(setting, WHAT, addIndex),
    {
      name: `import of ${rows} projects without ÷ with ${WHAT}, rows/s`,
      ours: `${Math.round(rows / least.ours)} rows/s`,
      yardstick: `${Math.round(rows / least.yardstick)} rows/s`,
      ratio: least.yardstick / least.ours,
    },
  ];
}
