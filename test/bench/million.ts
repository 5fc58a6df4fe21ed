/** A database of a million made-up projects, for the benchmarks only; made once and kept in a file. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { SingleBar } from 'cli-progress';
import { v7 as uuid } from 'uuid';
import { searchText } from '../../src/database/search-text.ts';
import { type Random, randomFrom } from '../../src/demo/random.ts';
import { openService } from '../../src/main.ts';

export const PROJECTS = 1_000_000;
const ENTERPRISES = 20_000;
const SLICE = 20_000;

const FIRST_DAY = Date.UTC(2008, 0, 1);
const LAST_DAY = Date.UTC(2026, 5, 30);
const DAY = 86_400_000;

/** Every day of the span, so that reckoning with days is reckoning with places in this list. */
const days = Array.from({ length: (LAST_DAY - FIRST_DAY) / DAY + 1 }, (_, i) =>
  new Date(FIRST_DAY + i * DAY).toISOString().slice(0, 10),
);

/** The file, made unless this version of the generator and of the schema has made it before. */
export async function millionDatabase(folder: string): Promise<string> {
  const version = createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .update(readFileSync(new URL('../../migrations/sqlite/meta/_journal.json', import.meta.url)))
    .update(readFileSync(new URL('../../migrations/sqlite/0000_initial.sql', import.meta.url)))
    .digest('hex')
    .slice(0, 12);
  const file = join(folder, `luodi-bench-million-${version}.db`);
  if (existsSync(file)) return file;
  const unfinished = `${file}.part`;
  rmSync(unfinished, { force: true });
  const configuration = { DATABASE_URL: `file:${unfinished}`, TIME_ZONE: 'Asia/Shanghai' };
  await (await openService(configuration)).database.close();
  fill(unfinished);
  // Opened and closed as the service does it, so that the planner knows what it knows in operation.
  await (await openService(configuration)).database.close();
  renameSync(unfinished, file);
  return file;
}

function fill(file: string): void {
  const db = new Sqlite(file);
  db.pragma('synchronous = OFF');
  db.pragma('journal_mode = OFF');
  db.pragma('foreign_keys = OFF');
  db.pragma('cache_size = -1000000');
  const filled = ['projects', 'project_investors', 'funds_entries', 'enterprises'];
  const indexes = db
    .prepare<string[], { name: string; sql: string }>(
      `select name, sql from sqlite_schema where type = 'index' and sql is not null and tbl_name in (${filled.map(() => '?')})`,
    )
    .all(...filled);
  const bar = new SingleBar({
    format: 'Making a million projects {bar} {percentage}% | {eta}s left',
    noTTYOutput: true,
    notTTYSchedule: 5_000,
    hideCursor: true,
  });
  bar.start(PROJECTS + indexes.length * (PROJECTS / 20), 0);
  for (const { name } of indexes) db.exec(`drop index ${name}`);
  const random = randomFrom(1_000_000);
  const codes = (table: string) => db.prepare<[], string>(`select code from ${table}`).pluck().all();
  const references = {
    regions: codes('regions'),
    zones: codes('zones'),
    industries: codes('industries'),
    enterprises: makeEnterprises(db, random),
  };
  makeEvents(db);
  const insert = inserter(db);
  for (let from = 0; from < PROJECTS; from += SLICE) {
    db.transaction(() => {
      for (let i = from; i < from + SLICE; i++) insert(madeUpProject(random, i, references));
    })();
    bar.increment(SLICE);
  }
  for (const { sql } of indexes) {
    db.exec(sql);
    bar.increment(PROJECTS / 20);
  }
  db.prepare('update revision set seq = ?, hash = ?').run(PROJECTS, 'f'.repeat(64));
  // What was written behind the service's back it has to index when it opens.
  db.exec("delete from settings where name = 'text_index'");
  bar.stop();
  db.close();
}

const padded = (number: number, digits: number): string => String(number).padStart(digits, '0');

function makeEnterprises(db: Sqlite.Database, random: Random): string[] {
  const enterprise = db.prepare(
    'insert into enterprises (id, name, name_en, country, province, search_text) values (?, ?, ?, ?, ?, ?)',
  );
  const ranking = db.prepare('insert into rankings (enterprise_id, list, year, rank) values (?, ?, ?, ?)');
  const ids: string[] = [];
  db.transaction(() => {
    for (let i = 0; i < ENTERPRISES; i++) {
      const id = uuid();
      const name = `虚构企业 ${padded(i + 1, 5)}`;
      const nameEn = `Made-up enterprise ${padded(i + 1, 5)}`;
      const country = random.weighted([
        ['CN', 80],
        ['HK', 8],
        ['TW', 2],
        ['DE', 3],
        ['US', 3],
        [null, 4],
      ]);
      enterprise.run(id, name, nameEn, country, country === 'CN' ? '虚构省' : null, searchText(name, nameEn));
      if (i < 600) {
        const list = random.pick(['fortune_global_500', 'china_500', 'china_private_500']);
        for (let year = 2008; year <= 2026; year++) ranking.run(id, list, year, random.whole(1, 500));
      }
      ids.push(id);
    }
  })();
  return ids;
}

/** The editions: the two of the demo by their codes, and one a year otherwise. */
const editions = Array.from({ length: 19 }, (_, i) => {
  const year = 2008 + i;
  const startsOn = year === 2022 ? '2022-11-03' : `${year}-06-29`;
  return {
    code: year === 2020 || year === 2022 ? `hyrd-${year}` : `made-up-${year}`,
    year,
    startsOn,
    opening: days.indexOf(startsOn),
  };
});

function makeEvents(db: Sqlite.Database): void {
  const event = db.prepare(
    'insert into events (code, name, name_en, series, edition, starts_on, ends_on) values (?, ?, ?, ?, ?, ?, ?)',
  );
  for (const { code, year, startsOn } of editions) {
    event.run(code, `虚构活动 ${year}`, `Made-up event ${year}`, 'made-up', year, startsOn, startsOn);
  }
}

interface References {
  regions: string[];
  zones: string[];
  industries: string[];
  enterprises: string[];
}

interface MadeUp {
  project: Record<string, string | number | null>;
  investors: string[];
  funds: { day: string; yuan: number }[];
}

function madeUpProject(random: Random, i: number, references: References): MadeUp {
  const edition = random.chance(0.6) ? random.pick(editions) : null;
  const signed = edition
    ? Math.min(edition.opening + random.whole(0, 2), days.length - 1)
    : random.whole(0, days.length - 1);
  /** A day so long after the signing, where that has come. */
  const later = (probability: number, min: number, max: number): number | null => {
    if (!random.chance(probability)) return null;
    const place = signed + random.small(min, max);
    return place >= 0 && place < days.length ? place : null;
  };
  const started = later(0.83, -30, 700);
  const after = (probability: number, min: number, max: number): number | null => {
    if (started === null || !random.chance(probability)) return null;
    const place = started + random.whole(min, max);
    return place < days.length ? place : null;
  };
  const completed = after(0.6, 100, 900);
  const suspended = after(0.05, 10, 400);
  const dayAt = (place: number | null): string | null => (place === null ? null : (days[place] ?? null));
  const investment = Math.round(50 * random.size()) * 1_000_000;
  const name = `虚构项目 ${padded(i + 1, 7)}`;
  const nameEn = random.chance(0.5) ? `Made-up project ${padded(i + 1, 7)}` : null;
  const code = `MADE-UP-${padded(i + 1, 7)}`;
  const recordedAt = new Date(FIRST_DAY + i * 500_000).toISOString();
  const investors = random.chance(0.5)
    ? [...new Set(Array.from({ length: random.small(1, 3) }, () => random.pick(references.enterprises)))]
    : [];
  return {
    project: {
      id: uuid({ msecs: FIRST_DAY + i * 500_000 }),
      code,
      name,
      name_en: nameEn,
      description: random.chance(0.2) ? '由基准测试程序虚构，并非真实项目。Made up by the benchmark.' : null,
      event_code: edition?.code ?? null,
      level: random.weighted([
        ['provincial', 5],
        ['municipal', 3],
        ['county', 2],
      ]),
      region_code: random.chance(0.98) ? random.pick(references.regions) : null,
      zone_code: random.chance(0.4) ? random.pick(references.zones) : null,
      industry_code: random.chance(0.97) ? random.pick(references.industries) : null,
      lead_investor_id: investors[0] ?? null,
      owner: random.chance(0.5) ? `虚构单位 ${random.whole(1, 200)}` : null,
      contract_amount: null,
      contract_currency: null,
      investment_yuan: investment,
      investment_estimated: random.chance(0.05) ? 1 : 0,
      contracted_funds_yuan: random.chance(0.95)
        ? Math.round(investment * (0.5 + random.fraction() / 2))
        : null,
      signed_on: days[signed] as string,
      registered_on: dayAt(later(0.92, -20, 300)),
      started_on: dayAt(started),
      completed_on: dayAt(completed),
      production_on: dayAt(after(0.65, 60, 1_000)),
      suspended_on: dayAt(suspended),
      resumed_on: suspended !== null && random.chance(0.5) ? dayAt(suspended + 60) : null,
      terminated_on: dayAt(later(0.04, 100, 1_500)),
      agreed_start_on: dayAt(later(0.7, 60, 400)),
      agreed_production_on: dayAt(later(0.6, 400, 1_200)),
      note: random.chance(0.2) ? 'made up' : null,
      version: 1,
      created_at: recordedAt,
      updated_at: recordedAt,
      archived_at: random.chance(0.005) ? recordedAt : null,
      search_text: searchText(code, name, nameEn),
    },
    investors,
    funds: random.chance(1 / 3)
      ? Array.from({ length: random.whole(1, 3) }, () => ({
          day: days[Math.min(signed + random.whole(0, 600), days.length - 1)] as string,
          yuan: Math.round(investment * random.fraction() * 0.3),
        }))
      : [],
  };
}

function inserter(db: Sqlite.Database): (made: MadeUp) => void {
  const columns = db.prepare<[], string>("select name from pragma_table_info('projects')").pluck().all();
  const project = db.prepare(
    `insert into projects (${columns}) values (${columns.map((column) => `:${column}`)})`,
  );
  const investor = db.prepare(
    'insert into project_investors (project_id, position, enterprise_id) values (?, ?, ?)',
  );
  const entry = db.prepare(
    'insert into funds_entries (id, project_id, received_on, amount_yuan, note, created_at) values (?, ?, ?, ?, null, ?)',
  );
  return ({ project: row, investors, funds }) => {
    project.run(row);
    investors.forEach((id, position) => {
      investor.run(row.id, position, id);
    });
    for (const { day, yuan } of funds) entry.run(uuid(), row.id, day, yuan, row.created_at);
  };
}
