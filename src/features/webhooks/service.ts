/** What can be done with a webhook besides writing it. */
import { existingEntry } from '../../catalogues/service.ts';
import { catalogueWrites } from '../../catalogues/writes.ts';
import type { Clock } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import type { Database, Reader } from '../../database/database.ts';
import { revisionIn } from '../../database/revision.ts';
import type { Computed } from '../../http/answers.ts';
import { type PageQuery, pageRequest, toPage } from '../../http/pages.ts';
import { type Fault, notFound, refuse } from '../../http/problems.ts';
import { once } from '../../log/once.ts';
import type { Caller } from '../../log/service.ts';
import { type Addresses, PrivateAddressError } from './addresses.ts';
import { webhooks } from './catalogue.ts';
import { attemptOf, KEPT_MS, messageTo } from './message.ts';
import * as repository from './repository.ts';
import type { RotatedSecret, WebhookDelivery, WebhookProgress } from './schema.ts';
import type { Sender } from './sending.ts';
import { newSecret } from './signing.ts';
import { trying } from './state.ts';

/** How long messages are signed with two secrets. */
const OVERLAP_MS = 24 * 3_600_000;

export const DELIVERY_SORT = '-number';
export const deliverySortKeys = { number: repository.deliveryNumber };

export interface WebhookService {
  /** What is wrong with the address that a URL leads to now. */
  addressFaults(url: string): Promise<Fault[]>;
  progress(id: string): Promise<WebhookProgress>;
  /** Changes the secret; the one before is used, too, for a day. */
  rotate(caller: Caller, id: string): Promise<RotatedSecret>;
  /** Has it told again what comes after an entry, from now on. */
  redeliver(caller: Caller, id: string, after: number): Promise<WebhookProgress>;
  /** Sends a test, whatever its status. */
  test(id: string): Promise<WebhookDelivery>;
  /** The attempts of the last seven days. */
  deliveries(id: string, query: PageQuery): Promise<Computed>;
  /** The list of deliveries depends on it besides the revision. */
  attempts(id: string): Promise<number>;
}

export function webhookService(
  { database, clock }: { database: Database; clock: Clock },
  addresses: Addresses,
  sender: Sender,
): WebhookService {
  const { update } = catalogueWrites(webhooks, clock);

  async function existing(reader: Reader, id: string): Promise<repository.Subscriber> {
    const found = await repository.findSubscriber(reader, id);
    if (!found) throw notFound('webhooks', id);
    return found;
  }

  async function progressIn(reader: Reader, id: string): Promise<WebhookProgress> {
    const { cursor, failures, failingSince, nextAttemptAt } = await existing(reader, id);
    const { seq: head } = await revisionIn(reader);
    return { cursor, head, failures, failingSince, nextAttemptAt };
  }

  return {
    addressFaults: async (url) => {
      try {
        await addresses.resolve(new URL(url).hostname);
        return [];
      } catch (error) {
        // A name that leads nowhere yet may do so later.
        if (!(error instanceof PrivateAddressError)) return [];
        return [{ pointer: '/url', code: 'private_address', values: { address: error.address } }];
      }
    },

    progress: (id) => database.snapshot((reader) => progressIn(reader, id)),

    rotate: (caller, id) =>
      once({ database, clock }, caller, async (tx) => {
        const { secret: formerSecret } = await existing(tx, id);
        const before = await existingEntry(tx, webhooks, id);
        const secret = newSecret();
        const formerUntil = new Date(clock.milliseconds() + OVERLAP_MS).toISOString();
        await update(tx, caller, before, { ...before, secretChangedAt: clock.now() });
        await repository.updateState(tx, id, { secret, formerSecret, formerUntil });
        return { secret, formerUntil };
      }),

    redeliver: (caller, id, after) =>
      once(
        { database, clock },
        caller,
        async (tx) => {
          await existing(tx, id);
          const { seq } = tx.log;
          if (after > seq) refuse([{ pointer: '/after', code: 'beyond_the_end', values: { seq } }]);
          await repository.updateState(tx, id, { cursor: after, ...trying });
          return progressIn(tx, id);
        },
        { isLogged: false },
      ),

    test: async (id) => {
      const subscriber = await existing(database.read, id);
      const at = clock.milliseconds();
      const message = messageTo(subscriber, `msg_${newId(at)}`, null, at);
      const outcome = await sender.send(subscriber.url, message.headers, message.body);
      const attempt = attemptOf(message, outcome, at);
      const { webhook: _, ...shown } = await database.write(async (tx) =>
        repository.addDelivery(tx, await existing(tx, id), attempt),
      );
      return shown as WebhookDelivery;
    },

    deliveries: (id, query) =>
      database.page(async (reader) => {
        await existing(reader, id);
        const since = new Date(clock.milliseconds() - KEPT_MS).toISOString();
        const tieBreaker = { name: 'number', key: repository.deliveryNumber };
        const request = pageRequest(query, deliverySortKeys, DELIVERY_SORT, tieBreaker);
        const revision = await revisionIn(reader);
        const total = await repository.countDeliveries(reader, id, since);
        const rows = await repository.listDeliveries(reader, id, since, request);
        const body = toPage(request, rows, total, revision.seq, ({ webhook: _, ...shown }) => shown);
        return { revision, body };
      }),

    attempts: async (id) => (await existing(database.read, id)).attempts,
  };
}
