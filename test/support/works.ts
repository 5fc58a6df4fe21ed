/** The smallest real writes: an event and its entry in the log. */
import { keyService } from '../../src/access/service.ts';
import { streamTokens } from '../../src/access/stream-tokens.ts';
import { catalogueService } from '../../src/catalogues/service.ts';
import type { Database, Reader, Transaction } from '../../src/database/database.ts';
import { clusterMembers, clusters } from '../../src/features/clusters/catalogue.ts';
import { enterprises } from '../../src/features/enterprises/catalogue.ts';
import { events } from '../../src/features/events/schema.ts';
import { mappings } from '../../src/features/imports/schema.ts';
import { contacts, delegations } from '../../src/features/outreach/schema.ts';
import { projectService } from '../../src/features/projects/service.ts';
import { publishedService } from '../../src/features/published/service.ts';
import { webhooks } from '../../src/features/webhooks/catalogue.ts';
import { diff } from '../../src/log/diff.ts';
import { type Caller, record } from '../../src/log/service.ts';
import { columnsOf } from '../../src/workers/works.ts';
import { clockOn } from './app.ts';

const caller: Caller = { actor: 'test', requestId: null, regions: null };

const anEvent = (code: string) => ({
  code,
  name: code,
  nameEn: null,
  series: null,
  edition: null,
  hostCity: null,
  note: null,
  startsOn: '2020-06-29',
  endsOn: '2020-06-30',
});

/** Inserts a row without a log entry. */
export async function insertEvent(tx: Transaction, code: string): Promise<void> {
  await tx.insert(tx.tables.events).values(anEvent(code));
}

/** Inserts a row and its log entry. */
export async function recordEvent(tx: Transaction, code: string): Promise<number> {
  await insertEvent(tx, code);
  await record(tx, caller, {
    entity: 'events',
    entityId: code,
    action: 'create',
    at: '2026-11-22T04:00:00.000Z',
    fields: diff(null, anEvent(code)),
  });
  return tx.log.seq;
}

export const writeEvent = (database: Database, code: string): Promise<number> =>
  database.write((tx) => recordEvent(tx, code));

/** The codes of all events, in order. */
export async function eventCodes(reader: Reader): Promise<string[]> {
  const { events } = reader.tables;
  const rows = await reader.select({ code: events.code }).from(events).orderBy(events.code);
  return rows.map(({ code }) => code);
}

const anImport = {
  id: '0190a1b2-0000-7000-8000-000000000009',
  caller: null,
  actor: 'test',
  requestId: null,
  request: { mode: 'preview', entity: 'projects' },
  status: 'done',
  file: { format: 'csv' },
  rowsDone: 1,
  outcome: { rows: 1 },
  problem: { kind: 'imports.empty_file' },
  owner: { host: 'here' },
  createdAt: '2026-11-22T04:00:00.000Z',
  seenAt: '2026-11-22T04:00:00.000Z',
  finishedAt: '2026-11-22T04:00:00.000Z',
};

const aDelivery = {
  number: 1,
  kind: 'test',
  message: 'msg_1',
  entries: 0,
  at: '2026-11-22T04:00:00.000Z',
  milliseconds: 1,
  status: 204,
  answer: '',
};

/** Fills every table through the services; all rows are referred to by others. */
export async function populate(database: Database): Promise<void> {
  const dependencies = { database, clock: clockOn('2026-11-22') };
  const keys = keyService(dependencies);
  const key = await keys.create(caller, { name: 'a key', role: 'editor', regions: ['430100'] });
  await streamTokens({ ...dependencies, keys }).create({ ...caller, id: key.id });
  const projects = projectService(dependencies);
  await catalogueService(dependencies, events).create(caller, {
    code: 'populated',
    name: '活动',
    startsOn: '2020-06-29',
    endsOn: '2020-06-30',
  });
  const webhook = await catalogueService(dependencies, webhooks).create(caller, {
    name: '推送',
    url: 'https://example.org/',
  });
  await catalogueService(dependencies, mappings).create(caller, {
    code: 'populated',
    name: '映射',
    definition: { entity: 'projects', fields: { code: { from: 'No.' } } },
  });
  await database.write(async (tx) => {
    await tx.insert(tx.tables.imports).values(anImport);
    await tx.insert(tx.tables.webhookDeliveries).values({ webhook: String(webhook.id), ...aDelivery });
  });
  const investor = await catalogueService(dependencies, enterprises).create(caller, {
    name: '示例企业',
    rankings: [{ list: 'china_500', year: 2020, rank: 1 }],
  });
  const cluster = await catalogueService(dependencies, clusters).create(caller, {
    name: '集群',
    leader: investor.id,
    targets: [{ count: 10, from: '2022-11-03', by: '2025-11-03' }],
  });
  const drawnIn = await catalogueService(dependencies, enterprises).create(caller, { name: '示例配套企业' });
  await catalogueService(dependencies, clusterMembers, String(cluster.id)).create(caller, {
    enterprise: drawnIn.id,
    role: 'upstream',
    introducedOn: '2022-11-03',
  });
  const delegation = await catalogueService(dependencies, delegations).create(caller, {
    event: 'populated',
    zone: 'changsha-etdz',
    sentOn: '2022-11-02',
  });
  await catalogueService(dependencies, contacts).create(caller, {
    enterprise: investor.id,
    event: 'populated',
    delegation: delegation.id,
    channel: 'visit',
    contactedOn: '2022-11-02',
  });
  await publishedService(dependencies, columnsOf(dependencies.database)).create(caller, {
    event: 'populated',
    measure: 'projectCount',
    value: '2',
    unit: 'projects',
    asOf: '2020-06-30',
    source: { publisher: '湖南日报', title: '示例', publishedOn: '2020-07-01' },
  });
  for (const code of ['P-1', 'P-2']) {
    const { id } = await projects.create(caller, {
      code,
      name: '示例项目',
      level: 'provincial',
      event: 'populated',
      region: '430100',
      industry: 'C',
      investorIds: [String(investor.id)],
      signedOn: '2020-06-29',
      investmentYuan: 100_000_000,
    });
    const answer = () => ({ status: 201, headers: {}, body: '{}' });
    const retry = { key: code, fingerprint: code, answer };
    const funds = { receivedOn: '2021-01-01', amountYuan: 1_000_000 };
    await projects.addFunds({ ...caller, id: key.id, retry }, id, funds);
  }
}
