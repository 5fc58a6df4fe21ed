import { and, asc, count, eq, getTableColumns, gt, gte, isNull, lt, min, sql } from 'drizzle-orm';
import type { Reader, Transaction } from '../../database/database.ts';
import { afterValues, comesAfter, orderBy } from '../../database/keyset.ts';
import { everyColumn } from '../../database/prepared.ts';
import type { Tables } from '../../database/tables.ts';
import type { PageRequest, SortKey } from '../../http/pages.ts';

export type Webhook = Tables['webhooks']['$inferSelect'];
export type State = Tables['webhookStates']['$inferSelect'];
export type Delivery = Tables['webhookDeliveries']['$inferSelect'];
export type Attempt = Omit<Delivery, 'webhook' | 'number'>;

/** A webhook, and how far it has been told. */
export type Subscriber = Webhook & State;

const subscribers = (db: Reader) => {
  const { webhooks, webhookStates } = db.tables;
  return db
    .select({ ...getTableColumns(webhooks), ...getTableColumns(webhookStates) })
    .from(webhooks)
    .innerJoin(webhookStates, eq(webhookStates.id, webhooks.id));
};

export async function findSubscriber(reader: Reader, id: string): Promise<Subscriber | undefined> {
  // PostgreSQL refuses NUL in a text; nothing has such an id.
  if (id.includes('\0')) return undefined;
  const [row] = await reader.prepared('webhooks.subscriber', { id }, (db) =>
    subscribers(db).where(eq(db.tables.webhooks.id, sql.placeholder('id'))),
  );
  return row;
}

/** Those that are to be told. */
export const activeSubscribers = (reader: Reader): Promise<Subscriber[]> =>
  reader.prepared('webhooks.active', {}, (db) =>
    subscribers(db).where(eq(db.tables.webhooks.status, 'active')).orderBy(asc(db.tables.webhooks.id)),
  );

export const insertState = (tx: Transaction, state: State): Promise<void> =>
  tx.perform('webhookStates.insert', { ...state }, (db) =>
    db.insert(db.tables.webhookStates).values(everyColumn(db.tables.webhookStates)),
  );

export async function updateState(tx: Transaction, id: string, changes: Partial<State>): Promise<void> {
  const { webhookStates } = tx.tables;
  await tx.update(webhookStates).set(changes).where(eq(webhookStates.id, id));
}

/** Takes all webhooks from their owners. */
export async function releaseStates(tx: Transaction): Promise<void> {
  await tx.update(tx.tables.webhookStates).set({ owner: null });
}

/** Changes those that have been told beyond an entry. */
export async function updateStatesAfter(
  tx: Transaction,
  seq: number,
  changes: Partial<State>,
): Promise<void> {
  const { webhookStates } = tx.tables;
  await tx.update(webhookStates).set(changes).where(gt(webhookStates.cursor, seq));
}

export async function idsWithoutState(reader: Reader): Promise<string[]> {
  const { webhooks, webhookStates } = reader.tables;
  const rows = await reader
    .select({ id: webhooks.id })
    .from(webhooks)
    .leftJoin(webhookStates, eq(webhookStates.id, webhooks.id))
    .where(isNull(webhookStates.id));
  return rows.map(({ id }) => id);
}

export async function countWebhooks(reader: Reader): Promise<number> {
  const [row] = await reader.select({ total: count() }).from(reader.tables.webhooks);
  return row?.total ?? 0;
}

/** The number of webhooks by status. */
export async function countByStatus(reader: Reader): Promise<Record<string, number>> {
  const { status } = reader.tables.webhooks;
  const rows = await reader.select({ status, total: count() }).from(reader.tables.webhooks).groupBy(status);
  return Object.fromEntries(rows.map((row) => [row.status, row.total]));
}

/** How far the active webhook that is furthest behind has been told; null if there is none. */
export async function furthestBehind(reader: Reader): Promise<number | null> {
  const { webhooks, webhookStates } = reader.tables;
  const [row] = await reader
    .select({ cursor: min(webhookStates.cursor) })
    .from(webhookStates)
    .innerJoin(webhooks, eq(webhooks.id, webhookStates.id))
    .where(eq(webhooks.status, 'active'));
  return row?.cursor ?? null;
}

/** Adds an attempt to tell a webhook, with the next number. */
export async function addDelivery(
  tx: Transaction,
  { id: webhook, attempts }: Pick<State, 'id' | 'attempts'>,
  attempt: Attempt,
): Promise<Delivery> {
  const delivery = { webhook, number: attempts + 1, ...attempt };
  await tx.perform('webhookDeliveries.insert', delivery, (db) =>
    db.insert(db.tables.webhookDeliveries).values(everyColumn(db.tables.webhookDeliveries)),
  );
  await updateState(tx, webhook, { attempts: delivery.number });
  return delivery;
}

export const deliveryNumber: SortKey<Delivery> = {
  expression: ({ webhookDeliveries }) => webhookDeliveries.number,
  type: 'number',
  of: ({ number }) => number,
};

const ofWebhook = ({ webhookDeliveries }: Tables) =>
  and(
    eq(webhookDeliveries.webhook, sql.placeholder('webhook')),
    gte(webhookDeliveries.at, sql.placeholder('since')),
  );

/** One delivery more than the page's limit, if there is one. */
export function listDeliveries(
  reader: Reader,
  webhook: string,
  since: string,
  page: PageRequest<Delivery>,
): Promise<Delivery[]> {
  const values = { webhook, since, ...afterValues(page.after ?? []), limit: page.limit + 1 };
  return reader.prepared(`webhookDeliveries.list ${page.shape} ${page.after !== null}`, values, (db) => {
    const columns = page.columns(db.tables);
    return db
      .select()
      .from(db.tables.webhookDeliveries)
      .where(and(ofWebhook(db.tables), page.after ? comesAfter(columns) : undefined))
      .orderBy(...orderBy(columns))
      .limit(sql.placeholder('limit'));
  });
}

export async function countDeliveries(reader: Reader, webhook: string, since: string): Promise<number> {
  const [row] = await reader.prepared('webhookDeliveries.count', { webhook, since }, (db) =>
    db.select({ total: count() }).from(db.tables.webhookDeliveries).where(ofWebhook(db.tables)),
  );
  return row?.total ?? 0;
}

export async function hasDeliveriesBefore(reader: Reader, instant: string): Promise<boolean> {
  const { webhookDeliveries } = reader.tables;
  const rows = await reader
    .select({ at: webhookDeliveries.at })
    .from(webhookDeliveries)
    .where(lt(webhookDeliveries.at, instant))
    .limit(1);
  return rows.length > 0;
}

/** Deletes some old deliveries; deleting all in one transaction might block other writers. */
export async function dropDeliveriesBefore(tx: Transaction, instant: string, limit: number): Promise<void> {
  const { webhookDeliveries } = tx.tables;
  const old = tx
    .select({ webhook: webhookDeliveries.webhook, number: webhookDeliveries.number })
    .from(webhookDeliveries)
    .where(lt(webhookDeliveries.at, instant))
    .orderBy(asc(webhookDeliveries.at))
    .limit(limit);
  await tx
    .delete(webhookDeliveries)
    .where(sql`(${webhookDeliveries.webhook}, ${webhookDeliveries.number}) in ${old}`);
}
