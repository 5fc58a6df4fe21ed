/**
 * Databases of fictional projects with their change log, for benchmarks only; generated once and kept in a
 * file.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { SingleBar } from 'cli-progress';
import { getTableColumns } from 'drizzle-orm';
import { v7 as uuid } from 'uuid';
import type { Revision } from '../../src/database/database.ts';
import { searchText } from '../../src/database/search-text.ts';
import { tables } from '../../src/database/sqlite-reader.ts';
import { columnsOf, complete, type Input } from '../../src/features/projects/record.ts';
import { diff, type Fields } from '../../src/log/diff.ts';
import { type Action, hashOf } from '../../src/log/service.ts';
import { openService } from '../../src/main.ts';
import { type Random, randomFrom } from './random.ts';

const ENTERPRISES = 20_000;
const SLICE = 20_000;

const FIRST_DAY = Date.UTC(2008, 0, 1);
const LAST_DAY = Date.UTC(2026, 5, 30);
const DAY = 86_400_000;

/** All days of the span, so that day arithmetic is index arithmetic in this list. */
const days = Array.from({ length: (LAST_DAY - FIRST_DAY) / DAY + 1 }, (_, i) =>
  new Date(FIRST_DAY + i * DAY).toISOString().slice(0, 10),
);

/** The file; generated unless it exists for this version of the generator and schema. */
export async function madeUpDatabase(folder: string, projects: number): Promise<string> {
  const version = createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .update(readFileSync(new URL('../../migrations/sqlite/meta/_journal.json', import.meta.url)))
    .update(readFileSync(new URL('../../migrations/sqlite/0000_initial.sql', import.meta.url)))
    .digest('hex')
    .slice(0, 12);
  const file = join(folder, `luodi-bench-${projects}-${version}.db`);
  if (existsSync(file)) return file;
  const unfinished = `${file}.part`;
  rmSync(unfinished, { force: true });
  const configuration = { DATABASE_URL: `file:${unfinished}`, TIME_ZONE: 'Asia/Shanghai' };
  await (await openService(configuration)).database.close();
  fill(unfinished, projects);
  // Opened and closed by the service, so that the planner has the same statistics as in production.
  await (await openService(configuration)).database.close();
  renameSync(unfinished, file);
  return file;
}

function fill(file: string, projects: number): void {
  const db = new Sqlite(file);
  db.pragma('synchronous = OFF');
  db.pragma('journal_mode = OFF');
  db.pragma('foreign_keys = OFF');
  db.pragma('cache_size = -1000000');
  const filled = ['projects', 'project_investors', 'funds_entries', 'enterprises', 'changes'];
  const indexes = db
    .prepare<string[], { name: string; sql: string }>(
      `select name, sql from sqlite_schema where type = 'index' and sql is not null and tbl_name in (${filled.map(() => '?')})`,
    )
    .all(...filled);
  const bar = new SingleBar({
    format: 'Making projects {bar} {percentage}% | {eta}s left',
    noTTYOutput: true,
    notTTYSchedule: 5_000,
    hideCursor: true,
  });
  bar.start(projects + indexes.length * (projects / 20), 0);
  for (const { name } of indexes) db.exec(`drop index ${name}`);
  const random = randomFrom(1_000_000);
  const log = logOf(db);
  const codes = (table: string) => db.prepare<[], string>(`select code from ${table}`).pluck().all();
  const references = {
    regions: codes('regions'),
    zones: codes('zones'),
    industries: codes('industries'),
    enterprises: makeEnterprises(db, log, random),
  };
  makeEvents(db, log);
  const insert = inserter(db, log);
  for (let from = 0; from < projects; from += SLICE) {
    db.transaction(() => {
      for (let i = from; i < from + SLICE; i++) insert(madeUpProject(random, i, references));
    })();
    bar.increment(SLICE);
  }
  for (const { sql } of indexes) {
    db.exec(sql);
    bar.increment(projects / 20);
  }
  log.end();
  // Rows written without the service must be indexed when it opens the database.
  db.exec("delete from settings where name = 'text_index'");
  bar.stop();
  db.close();
}

const padded = (number: number, digits: number): string => String(number).padStart(digits, '0');

/** Inserts rows, with the features' names for columns. */
function into(db: Sqlite.Database, name: 'projects' | 'enterprises' | 'events' | 'fundsEntries' | 'changes') {
  const columns = Object.entries(getTableColumns(tables[name]));
  const table = name === 'fundsEntries' ? 'funds_entries' : name;
  const statement = db.prepare(
    `insert into ${table} (${columns.map(([, column]) => column.name)}) values (${columns.map(() => '?')})`,
  );
  return (row: Fields) =>
    statement.run(...columns.map(([field, column]) => column.mapToDriverValue(row[field]) ?? null));
}

/** The change log, as written by the service. */
export function logOf(db: Sqlite.Database) {
  const insert = into(db, 'changes');
  let last = db.prepare('select seq, hash from revision').get() as Revision;
  return {
    write: (
      entity: string,
      entityId: string,
      action: Action,
      at: string,
      fields: ReturnType<typeof diff>,
    ) => {
      const { seq, hash: previousHash } = last;
      const said = { entity, entityId, action, at, fields, actor: 'made up', requestId: null };
      const entry = { ...said, seq: seq + 1, previousHash };
      last = { seq: entry.seq, hash: hashOf(entry) };
      insert({ ...entry, hash: last.hash });
    },
    end: () => db.prepare('update revision set seq = ?, hash = ?').run(last.seq, last.hash),
  };
}

type Log = ReturnType<typeof logOf>;

const MADE_AT = '2008-01-01T00:00:00.000Z';

function makeEnterprises(db: Sqlite.Database, log: Log, random: Random): string[] {
  const insert = into(db, 'enterprises');
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
      const enterprise = { id, name, nameEn, country, province: country === 'CN' ? '虚构省' : null };
      const rankings: { list: string; year: number; rank: number }[] = [];
      if (i < 600) {
        const list = random.pick(['fortune_global_500', 'china_500', 'china_private_500']);
        for (let year = 2008; year <= 2026; year++) rankings.push({ list, year, rank: random.whole(1, 500) });
      }
      insert({ ...enterprise, searchText: searchText(name, nameEn) });
      for (const { list, year, rank } of rankings) ranking.run(id, list, year, rank);
      log.write('enterprises', id, 'create', MADE_AT, diff(null, { ...enterprise, rankings }));
      ids.push(id);
    }
  })();
  return ids;
}

/** The events: the two of the demo with their codes, and one per year otherwise. */
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

function makeEvents(db: Sqlite.Database, log: Log): void {
  const insert = into(db, 'events');
  for (const { code, year, startsOn } of editions) {
    const names = { name: `虚构活动 ${year}`, nameEn: `Made-up event ${year}`, series: 'made-up' };
    const event = { code, ...names, edition: year, startsOn, endsOn: startsOn };
    insert(event);
    log.write('events', code, 'create', MADE_AT, diff(null, event));
  }
}

interface References {
  regions: string[];
  zones: string[];
  industries: string[];
  enterprises: string[];
}

interface MadeUp {
  id: string;
  input: Input;
  /** When everything was recorded. */
  at: string;
  isArchived: boolean;
  funds: { receivedOn: string; amountYuan: number }[];
}

function madeUpProject(random: Random, i: number, references: References): MadeUp {
  const edition = random.chance(0.6) ? random.pick(editions) : null;
  const signed = edition
    ? Math.min(edition.opening + random.whole(0, 2), days.length - 1)
    : random.whole(0, days.length - 1);
  /** A day some time after the signing, unless it is in the future. */
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
    id: uuid({ msecs: FIRST_DAY + i * 500_000 }),
    at: recordedAt,
    isArchived: random.chance(0.005),
    input: complete({
      code,
      name,
      nameEn,
      description: random.chance(0.2) ? '由基准测试程序虚构，并非真实项目。Made up by the benchmark.' : null,
      event: edition?.code ?? null,
      level: random.weighted([
        ['provincial', 5],
        ['municipal', 3],
        ['county', 2],
      ]),
      region: random.chance(0.98) ? random.pick(references.regions) : null,
      zone: random.chance(0.4) ? random.pick(references.zones) : null,
      industry: random.chance(0.97) ? random.pick(references.industries) : null,
      investorIds: investors,
      owner: random.chance(0.5) ? `虚构单位 ${random.whole(1, 200)}` : null,
      investmentYuan: investment,
      investmentEstimated: random.chance(0.05),
      contractedFundsYuan: random.chance(0.95)
        ? Math.round(investment * (0.5 + random.fraction() / 2))
        : null,
      signedOn: days[signed] as string,
      registeredOn: dayAt(later(0.92, -20, 300)),
      startedOn: dayAt(started),
      completedOn: dayAt(completed),
      productionOn: dayAt(after(0.65, 60, 1_000)),
      suspendedOn: dayAt(suspended),
      resumedOn: suspended !== null && random.chance(0.5) ? dayAt(suspended + 60) : null,
      terminatedOn: dayAt(later(0.04, 100, 1_500)),
      agreedStartOn: dayAt(later(0.7, 60, 400)),
      agreedProductionOn: dayAt(later(0.6, 400, 1_200)),
      note: random.chance(0.2) ? 'made up' : null,
    }),
    funds: random.chance(1 / 3)
      ? Array.from({ length: random.whole(1, 3) }, () => ({
          receivedOn: days[Math.min(signed + random.whole(0, 600), days.length - 1)] as string,
          amountYuan: Math.round(investment * random.fraction() * 0.3),
        }))
      : [],
  };
}

function inserter(db: Sqlite.Database, log: Log): (made: MadeUp) => void {
  const project = into(db, 'projects');
  const entry = into(db, 'fundsEntries');
  const investor = db.prepare(
    'insert into project_investors (project_id, position, enterprise_id) values (?, ?, ?)',
  );
  return ({ id, input, at, isArchived, funds }) => {
    const version = 1 + funds.length + Number(isArchived);
    const archivedAt = isArchived ? at : null;
    project({ ...columnsOf(input), id, version, createdAt: at, updatedAt: at, archivedAt });
    input.investorIds.forEach((enterprise, position) => {
      investor.run(id, position, enterprise);
    });
    log.write('projects', id, 'create', at, diff(null, input));
    for (const one of funds) {
      const fundsEntry = { id: uuid(), ...one, note: null };
      entry({ ...fundsEntry, projectId: id, createdAt: at });
      log.write('projects', id, 'add_funds', at, { fundsEntry: { after: fundsEntry } });
    }
    if (isArchived) {
      log.write('projects', id, 'archive', at, { archivedAt: { before: null, after: archivedAt } });
    }
  };
}
