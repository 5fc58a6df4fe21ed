/**
 * Child process with the yardsticks. `/bare/…` returns a given text; `/by-hand/…` is code written only for
 * speed: a prepared statement, `JSON.stringify`, no validation, no ETag, no log.
 */
import Sqlite from 'better-sqlite3';
import Fastify from 'fastify';
import { type StatisticsName, statistics } from './by-hand-statistics.ts';

const file = process.argv[2] ?? '';
const db = new Sqlite(file, { readonly: true });
const today = new Date().toISOString().slice(0, 10);

/** A project with the stored fields of the API, its funds and its investors. */
const project = `select p.id, p.code, p.name, p.name_en as nameEn, p.description, p.event_code as event, p.level,
    p.region_code as region, p.zone_code as zone, p.industry_code as industry, p.owner,
    (select json_group_array(json_object('id', e.id, 'name', e.name) order by i.position)
      from project_investors i join enterprises e on e.id = i.enterprise_id where i.project_id = p.id) as investors,
    p.contract_amount as contractAmount, p.contract_currency as contractCurrency,
    p.investment_yuan as investmentYuan, p.investment_estimated as investmentEstimated,
    p.contracted_funds_yuan as contractedFundsYuan, p.signed_on as signedOn, p.registered_on as registeredOn,
    p.started_on as startedOn, p.completed_on as completedOn, p.production_on as productionOn,
    p.suspended_on as suspendedOn, p.resumed_on as resumedOn, p.terminated_on as terminatedOn,
    p.agreed_start_on as agreedStartOn, p.agreed_production_on as agreedProductionOn, p.note,
    (select coalesce(sum(amount_yuan), 0) from funds_entries where project_id = p.id and received_on <= :today)
      as fundsInPlaceYuan,
    p.version, p.created_at as createdAt, p.updated_at as updatedAt, p.archived_at as archivedAt
  from projects p`;

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
    const rows = statistics[name].map((sql) => db.prepare(sql).all({ day }));
    reply.header('content-type', 'application/json; charset=utf-8').send(JSON.stringify(rows));
  },
);

process.send?.(await app.listen({ host: '127.0.0.1', port: 0 }));
process.once('disconnect', () => process.exit());
