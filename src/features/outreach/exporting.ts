/** References of contacts in the form that imports read. */

import type { Entry } from '../../catalogues/catalogue.ts';
import type { Reader } from '../../database/database.ts';
import { idsIn, withNames } from '../projects/named.ts';
import { findDelegations, type KnownDelegation } from './repository.ts';

const sender = ({ zone, event }: KnownDelegation): string => `${zone} ${event}`;

/** A delegation is written as the zone that sent it; as its id if the zone sent several to the event. */
export async function contactsInSheet(reader: Reader, contacts: readonly Entry[]): Promise<Entry[]> {
  const named = await findDelegations(reader, 'id', idsIn(contacts, 'delegation'));
  const delegations = new Map(named.map((one) => [one.id, one]));
  const sent = new Map<string, number>();
  for (const one of await findDelegations(reader, 'zone', idsIn(named, 'zone'))) {
    sent.set(sender(one), (sent.get(sender(one)) ?? 0) + 1);
  }
  const inCell = (id: unknown): string | null => {
    const delegation = delegations.get(id as string);
    if (!delegation) return null;
    return sent.get(sender(delegation)) === 1 ? delegation.zone : delegation.id;
  };
  return (await withNames(reader, contacts)).map((contact) => ({
    ...contact,
    delegation: inCell((contact as Entry).delegation),
  }));
}
