/**
 * Child process: the figures of the bench in DuckDB, in this process and in memory, with the same rows. Types and
 * layout are those that suit it best: dates, enumerations, and numbers instead of ids between its two tables.
 */
import { once } from 'node:events';
import { createWriteStream, rmSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';
import Sqlite from 'better-sqlite3';
import { COUNTY } from './by-hand-statistics.ts';

const PROJECTS = {
  number: 'integer',
  archived: 'boolean',
  county: 'varchar',
  region: 'varchar',
  section: 'varchar',
  investment: 'double',
  contracted: 'double',
  signed: 'date',
  registered: 'date',
  started: 'date',
  completed: 'date',
  production: 'date',
  suspended: 'date',
  resumed: 'date',
  terminated: 'date',
  agreed_start: 'date',
  agreed_production: 'date',
};
const LEDGER = { project: 'integer', received: 'date', yuan: 'double' };

/** The ancestors at a level of a tree, by code; those above it stand for themselves. */
const rolledUp = (table, level) => `with recursive path(code, top, level) as (
    select code, code, 0 from ${table} where parent_code is null
    union all select t.code, case when level < ${level} then t.code else top end, level + 1
      from ${table} t join path on t.parent_code = path.code
  ) select code, top from path`;

/** The rows of a database, with prefectures and sections worked out beforehand. */
const ROWS = {
  projects: `select p.rowid, archived_at is not null, region_code, r.top, i.top, investment_yuan, contracted_funds_yuan,
    signed_on, registered_on, started_on, completed_on, production_on, suspended_on, resumed_on, terminated_on,
    agreed_start_on, agreed_production_on from projects p left join (${rolledUp('regions', 1)}) r on r.code = region_code
    left join (${rolledUp('industries', 0)}) i on i.code = industry_code`,
  ledger:
    'select p.rowid, received_on, amount_yuan from funds_entries f join projects p on p.id = f.project_id',
};

const live = '(terminated is null or terminated > $day)';
const counted = (condition) => `count(*) filter (where ${condition})`;
const reached = (milestone) => `(${milestone} <= $day and ${live})`;
const population = '(not archived and signed <= $day)';
const daysTo = (milestone) => `${milestone} - signed) filter (where ${reached(milestone)})`;
const measures = `count(*), sum(investment), sum(contracted), count(contracted),
  ${counted(reached('registered'))}, ${counted(reached('started'))},
  sum(investment) filter (where ${reached('started')}),
  ${counted(reached('completed'))}, ${counted(reached('production'))},
  ${counted(`(registered <= $day or started <= $day) and ${live}`)},
  ${counted(`suspended <= $day and (resumed is null or resumed > $day) and ${live}`)},
  ${counted('terminated <= $day')},
  ${counted(`agreed_start < $day and (started is null or started > $day) and ${live}`)},
  ${counted(`agreed_production < $day and (production is null or production > $day) and ${live}`)},
  ${counted(`production <= $day and year(started) = year(signed) and year(production) = year(signed) and ${live}`)},
  median(${daysTo('started')}, avg(${daysTo('started')}, median(${daysTo('production')}, avg(${daysTo('production')}`;
const funds = 'sum(yuan), sum(yuan) filter (where contracted is not null)';
const ledger = `ledger join projects on number = project where ${population} and received <= $day`;
const month = (day) => `date_trunc('month', ${day})`;
const milestone = (column) => [
  `select ${month(`greatest(${column}, signed)`)}, count(*) from projects
    where ${population} and ${column} <= $day and (terminated is null or terminated > greatest(${column}, signed)) group by 1`,
  `select ${month('terminated')}, count(*) from projects
    where ${population} and terminated <= $day and terminated > greatest(${column}, signed) group by 1`,
];
const grouped = (by) => [
  `select ${by}, ${measures} from projects where ${population} group by all`,
  `select ${by}, ${funds} from ${ledger} group by all`,
];
const FIGURES = {
  summary: [`select ${measures} from projects where ${population}`, `select ${funds} from ${ledger}`],
  breakdown: grouped('region'),
  two: grouped('region, section'),
  timeline: [
    `select ${month('signed')}, count(*), sum(investment) from projects where ${population} group by 1`,
    ...milestone('started'),
    ...milestone('production'),
    `select ${month('greatest(received, signed)')}, sum(yuan) from ${ledger} group by 1`,
  ],
  filtered: [
    `select ${measures} from projects where ${population} and county = '${COUNTY}'`,
    `select ${funds} from ${ledger} and county = '${COUNTY}'`,
  ],
};

async function load(connection, db, table, columns, file) {
  const out = createWriteStream(file);
  let lines = '';
  for (const row of db.prepare(ROWS[table]).raw().iterate()) {
    lines += `${row.map((value) => value ?? '').join()}\n`;
    if (lines.length < 1 << 20) continue;
    if (!out.write(lines)) await once(out, 'drain');
    lines = '';
  }
  out.end(lines);
  await once(out, 'finish');
  const types = Object.entries(columns).map(([name, type]) => `'${name}': '${type}'`);
  await connection.run(
    `create table ${table} as select * from read_csv('${file}', header = false, columns = {${types.join()}})`,
  );
  rmSync(file);
}

async function measure({ file, folder, days, threads }) {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const db = new Sqlite(file, { readonly: true });
  await load(connection, db, 'projects', PROJECTS, `${folder}/duckdb.csv`);
  await load(connection, db, 'ledger', LEDGER, `${folder}/duckdb.csv`);
  db.close();
  for (const column of ['county', 'region', 'section']) {
    await connection.run(
      `create type ${column}s as enum (select distinct ${column} from projects where ${column} is not null order by 1)`,
    );
    await connection.run(`alter table projects alter ${column} type ${column}s`);
  }
  const times = {};
  let count;
  for (const number of threads) {
    await connection.run(`set threads to ${number}`);
    times[number] = Object.fromEntries(Object.keys(FIGURES).map((name) => [name, []]));
    for (const [name, statements] of Object.entries(FIGURES)) {
      for (const day of days) {
        const began = performance.now();
        for (const statement of statements) {
          const rows = await connection.runAndReadAll(statement.replaceAll('$day', `date '${day}'`));
          if (name === 'summary' && statement === statements[0]) count = Number(rows.getRows()[0][0]);
        }
        times[number][name].push(performance.now() - began);
      }
    }
  }
  return { times, count };
}

process.once('message', async (job) => {
  process.send(await measure(job));
});
