/**
 * Child process with the yardsticks. `/bare/…` returns a given text; `/by-hand/…` is code written only for
 * speed: a prepared statement, `JSON.stringify`, no validation, no ETag, no log.
 */
import Sqlite from 'better-sqlite3';
import Fastify from 'fastify';
import { project } from './by-hand-project.ts';
import { COUNTY, type StatisticsName, statistics } from './by-hand-statistics.ts';

const file = process.argv[2] ?? '';
const db = new Sqlite(file, { readonly: true });
const today = new Date().toISOString().slice(0, 10);

interface Row {
  investors: string;
}

const byId = db.prepare<{ id: string; today: string }, Row>(`${project} where p.id = :id`);
const page = db.prepare<Record<string, unknown>, Row>(
  `${project} where p.archived_at is null and p.signed_on <= :today and p.event_code = :event
    and p.investment_yuan >= :minInvestment
  order by p.signed_on desc, p.id desc limit :limit`,
);

const whole = (row: Row) => ({ ...row, investors: JSON.parse(row.investors) });

const app = Fastify();
let text = '';

app.put<{ Body: string }>('/bare', async ({ body }) => {
  text = JSON.stringify(body);
  return {};
});

app.get('/bare', (_, reply) => {
  reply.header('content-type', 'application/json; charset=utf-8').send(text);
});

app.get<{ Params: { id: string } }>('/by-hand/projects/:id', ({ params: { id } }, reply) => {
  const row = byId.get({ id, today });
  if (!row) return reply.code(404).send();
  return reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(whole(row)));
});

app.get<{ Querystring: Record<string, string> }>('/by-hand/projects', ({ query }, reply) => {
  const rows = page.all({
    today,
    event: query.event,
    minInvestment: Number(query.minInvestment),
    limit: Number(query.limit) + 1,
  });
  const items = rows.slice(0, Number(query.limit)).map(whole);
  reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify({ items }));
});

app.get<{ Params: { name: StatisticsName }; Querystring: { day: string } }>(
  '/by-hand/statistics/:name',
  ({ params: { name }, query: { day } }, reply) => {
    const rows = statistics[name].map((sql) => db.prepare(sql).all({ day, county: COUNTY }));
    reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(rows));
  },
);

process.send?.(await app.listen({ host: '127.0.0.1', port: 0 }));
process.once('disconnect', () => process.exit());
