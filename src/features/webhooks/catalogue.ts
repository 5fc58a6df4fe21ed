/** Webhooks as a catalogue, with what belongs to each and is not in the log. */

import * as z from 'zod';
import type { Catalogue, Entry } from '../../catalogues/catalogue.ts';
import { unknownReferences } from '../../catalogues/service.ts';
import { Problem } from '../../http/problems.ts';
import * as repository from './repository.ts';
import { secret, statuses, Webhook, webhookInputs } from './schema.ts';
import { newState, trying } from './state.ts';

/** Each is a reader of the log of its own. */
export const MOST = 100;

const references = (field: 'regions' | 'events', entry: Entry) =>
  ((entry[field] ?? []) as string[]).map((key, i) => ({ entity: field, key, pointer: `/${field}/${i}` }));

export const webhooks: Catalogue = {
  entity: 'webhooks',
  key: 'id',
  readers: 'administer',
  item: Webhook,
  ...webhookInputs,
  columns: Object.keys(Webhook.shape),
  empty: { status: 'active' },
  references: {},
  referencedBy: [],
  beside: { table: 'webhookStates', of: 'id' },
  sortedBy: ['name'],
  filters: {
    status: z.enum(statuses).optional().meta({ description: 'With this status.', example: 'failed' }),
  },
  rulesAmong: (reader, entry) =>
    unknownReferences(reader)([...references('regions', entry), ...references('events', entry)]),
  saved: async (tx, before, after) => {
    const id = after.id as string;
    if (before === null) {
      if ((await repository.countWebhooks(tx)) > MOST)
        throw new Problem('webhooks.too_many', { values: { max: MOST } });
      // What was before is told only if asked for.
      await repository.insertState(tx, newState(id, tx.log.seq));
    } else if (after.status === 'active' && (before.status !== 'active' || before.url !== after.url)) {
      await repository.updateState(tx, id, trying);
    }
  },
  shownOnce: {
    fields: { secret },
    load: async (reader, id) => ({ secret: (await repository.findSubscriber(reader, id))?.secret }),
  },
};
