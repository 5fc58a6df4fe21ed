/** Figures as they were known, of a million projects with 100 000 later corrections. */
import { copyFileSync, existsSync, readFileSync, renameSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { timeOf, untilReady } from './calls.ts';
import { logOf } from './made-up.ts';
import { startService } from './processes.ts';
import { median, type Row, type Setting } from './sections.ts';

const MILLION = 1_000_000;
const CORRECTIONS = 100_000;
const PASTS = 4;
/** Two words of made-up names. */
const WORDS = '项目 12345';
/** Corrections that are told one by one. */
const EXPLAINED = 10_000;

export async function past(setting: Setting): Promise<Row[]> {
  const { file, last } = corrected(await setting.madeUp(MILLION));
  const service = await startService(file);
  await untilReady(service, 0);
  const ask = (rest: string) => timeOf(`${service.url}/v1/statistics/${rest}`);
  const rows: Row[] = [];

  const [present, pinned]: [number[], number[]] = [[], []];
  for (let run = 0; run <= setting.runs; run++) {
    const day = `2026-10-${String(run + 10).padStart(2, '0')}`;
    present.push(await ask(`breakdown?by=region&asOf=${day}`));
    pinned.push(await ask(`breakdown?by=region&asOf=${day}&revision=${last}`));
  }
  rows.push({
    name: 'a million: by region at the present revision ÷ without a revision',
    ...compared(median(pinned.slice(1)), median(present.slice(1))),
    target: { most: 1.05 },
  });

  const then = last - CORRECTIONS;
  const before = memoryOf(service.pid);
  const fresh: number[] = [];
  for (let i = 0; i < PASTS; i++) fresh.push(await ask(`summary?asOf=2026-10-01&revision=${then + i}`));
  const after = memoryOf(service.pid);
  rows.push({
    name: `a million: summary from a past ${CORRECTIONS} entries ago, first time`,
    ...compared(median(fresh), 400),
    target: { most: 1 },
  });
  rows.push({
    name: `a million: memory for ${PASTS} pasts`,
    ours: `${Math.round(after - before)} MB`,
    yardstick: '60 MB',
    ratio: (after - before) / 60,
    target: { most: 1 },
  });

  const again: number[] = [];
  for (let run = 0; run <= setting.runs; run++) {
    const day = `2026-09-${String(run + 10).padStart(2, '0')}`;
    again.push(await ask(`breakdown?by=region&asOf=${day}&revision=${then}`));
  }
  rows.push({
    name: 'a million: by region from a past, again ÷ from the present',
    ...compared(median(again.slice(1)), median(present.slice(1))),
    target: { most: 1.3 },
  });

  const list = (rest: string) => timeOf(`${service.url}/v1/projects?limit=50&${rest}`);
  const pages: Record<string, number[]> = { earlier: [], now: [], foundEarlier: [], foundNow: [] };
  await list(`revision=${then}`);
  const firstFound = await list(`revision=${then}&q=${encodeURIComponent(WORDS)}`);
  for (let run = 0; run <= setting.runs; run++) {
    const filter = `region=430100&asOf=2026-07-${String(run + 10).padStart(2, '0')}`;
    pages.earlier?.push(await list(`${filter}&revision=${then}`));
    pages.now?.push(await list(filter));
    const found = `${filter}&q=${encodeURIComponent(WORDS)}`;
    pages.foundEarlier?.push(await list(`${found}&revision=${then}`));
    pages.foundNow?.push(await list(found));
  }
  const middle = (name: string) => median((pages[name] as number[]).slice(1));
  rows.push({
    name: 'a million: a page from a past ÷ from the present',
    ...compared(middle('earlier'), middle('now')),
  });
  rows.push({
    name: 'a million: a page found by its words, from a past ÷ from the present',
    ...compared(middle('foundEarlier'), middle('foundNow')),
  });
  rows.push({
    name: `a million: the first of these, for which ${CORRECTIONS} projects are put together`,
    ours: `${(firstFound / 1_000).toFixed(1)} s`,
    yardstick: '',
  });

  const explained: number[] = [];
  const difference = (day: string) =>
    `differences?measure=totalInvestment&to=${day}&fromRevision=${last - EXPLAINED}`;
  for (let run = 0; run <= setting.runs; run++)
    explained.push(await ask(difference(`2026-08-${String(run + 10).padStart(2, '0')}`)));
  const answer = await fetch(`${service.url}/v1/statistics/${difference('2026-08-10')}`);
  const { page } = (await answer.json()) as { page: { total: number } };
  rows.push({
    name: `a million: a difference of ${page.total.toLocaleString('en')} corrections`,
    ...compared(median(explained.slice(1)), 500),
    target: { most: 1 },
  });
  await service.stop();
  return rows;
}

const compared = (ours: number, theirs: number) => ({
  ours: `${ours.toFixed(0)} ms`,
  yardstick: `${theirs.toFixed(0)} ms`,
  ratio: ours / theirs,
});

/** Memory of a process of its own, in MB: not what it shares with the cache of its files. */
function memoryOf(pid: number): number {
  const [, kilobytes] = /^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1_024;
}

/** The database with corrected amounts and starts, and the number of its last entry. */
export function corrected(file: string): { file: string; last: number } {
  const copy = file.replace(/\.db$/, '.corrected.db');
  if (!existsSync(copy)) {
    const unfinished = `${copy}.part`;
    copyFileSync(file, unfinished);
    correct(unfinished);
    renameSync(unfinished, copy);
  }
  const db = new Sqlite(copy, { readonly: true });
  const last = db.prepare('select seq from revision').pluck().get() as number;
  db.close();
  return { file: copy, last };
}

function correct(file: string): void {
  const db = new Sqlite(file);
  const some = db
    .prepare(
      'select id, investment_yuan as yuan, started_on as startedOn from projects order by random() limit ?',
    )
    .all(CORRECTIONS) as { id: string; yuan: number; startedOn: string | null }[];
  const update = db.prepare(
    'update projects set investment_yuan = ?, started_on = ?, version = version + 1, updated_at = ? where id = ?',
  );
  const at = '2026-09-01T00:00:00.000Z';
  db.transaction(() => {
    const log = logOf(db);
    for (const { id, yuan, startedOn } of some) {
      const [after, started] = [yuan + 1_000_000, startedOn === null ? '2026-08-01' : null];
      update.run(after, started, at, id);
      log.write('projects', id, 'change', at, {
        investmentYuan: { before: yuan, after },
        startedOn: { before: startedOn, after: started },
      });
    }
    log.end();
  })();
  db.close();
}
