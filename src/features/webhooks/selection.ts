/** Which entries of the change log a webhook is told of. */
import { LRUCache } from 'lru-cache';
import type { Entity } from '../../core/entities.ts';
import type { Reader } from '../../database/database.ts';
import { type ChangeEntry, entriesBefore } from '../../log/service.ts';
import { isWithin } from '../references/own-region.ts';

/** What a webhook is told of; null for everything. */
export interface Selection {
  entities: readonly string[] | null;
  actions: readonly string[] | null;
  regions: readonly string[] | null;
  events: readonly string[] | null;
}

type Place = 'regions' | 'events';

/** The fields that say where a resource belongs; regions and events themselves are where they are. */
const PLACES: Readonly<Record<Place, Partial<Record<Entity, readonly string[]>>>> = {
  regions: {
    regions: ['code'],
    projects: ['region'],
    contacts: ['region'],
    clusters: ['region'],
    zones: ['region'],
  },
  events: {
    events: ['code'],
    projects: ['event'],
    contacts: ['event'],
    delegations: ['event', 'forEvent'],
    published_figures: ['event'],
  },
};

const fieldsOf = (entity: string, place: Place): readonly string[] => PLACES[place][entity as Entity] ?? [];

/** The values of some fields. */
type Values = Readonly<Record<string, unknown>>;

/** Resources whose values are kept for their next entry. */
const KEPT = 5_000;
/** Earlier entries of a resource that are read at once. */
const AT_ONCE = 50;

export interface Selector {
  /** Those of some entries that are selected. Each call continues where the last one ended. */
  of(entries: readonly ChangeEntry[]): Promise<ChangeEntry[]>;
}

/** An entry has the fields that changed; those that did not are in earlier ones. */
export function selectorIn(reader: Reader, { entities, actions, regions, events }: Selection): Selector {
  const kept = new LRUCache<string, Values>({ max: KEPT });

  /** The values of a resource before an entry. */
  async function valuesBefore(entry: ChangeEntry, fields: readonly string[]): Promise<Values> {
    const found: Record<string, unknown> = {};
    for (let before = entry.seq; ; ) {
      const earlier = await entriesBefore(reader, entry.entity, entry.entityId, before, AT_ONCE);
      for (const one of earlier) {
        for (const field of fields) {
          const change = one.fields[field];
          if (change && !(field in found)) found[field] = change.after ?? null;
        }
        if (one.action === 'create' || fields.every((field) => field in found)) return found;
      }
      const last = earlier.at(-1);
      if (!last || earlier.length < AT_ONCE) return found;
      before = last.seq;
    }
  }

  /** The values of a resource before and after an entry. */
  async function valuesAt(entry: ChangeEntry): Promise<[Values, Values]> {
    const { entity, entityId, action } = entry;
    const fields = [...fieldsOf(entity, 'regions'), ...fieldsOf(entity, 'events')];
    const name = nameOf(entry);
    const isNew = action === 'create';
    const earlier = isNew ? {} : (kept.get(name) ?? (await valuesBefore(entry, fields)));
    const before: Record<string, unknown> = { ...earlier, ...(!isNew && { code: entityId }) };
    const after: Record<string, unknown> = { ...before, code: entityId };
    for (const field of fields) {
      const change = entry.fields[field];
      if (change?.before !== undefined) before[field] = change.before;
      if (change) after[field] = change.after ?? null;
    }
    kept.set(name, after);
    return [before, after];
  }

  async function isIn(
    entry: ChangeEntry,
    place: Place,
    accepts: (value: string) => boolean | Promise<boolean>,
  ): Promise<boolean> {
    const fields = fieldsOf(entry.entity, place);
    if (fields.length === 0) return false;
    for (const values of await valuesAt(entry)) {
      for (const field of fields) {
        const value = values[field];
        if (typeof value === 'string' && (await accepts(value))) return true;
      }
    }
    return false;
  }

  async function isSelected(entry: ChangeEntry): Promise<boolean> {
    if (entities && !entities.includes(entry.entity)) return false;
    if (actions && !actions.includes(entry.action)) {
      // What it changes is not followed.
      kept.delete(nameOf(entry));
      return false;
    }
    if (events && !(await isIn(entry, 'events', (event) => events.includes(event)))) return false;
    return !regions || isIn(entry, 'regions', (region) => isWithin(reader, region, regions));
  }

  return {
    of: async (entries) => {
      const selected: ChangeEntry[] = [];
      for (const entry of entries) if (await isSelected(entry)) selected.push(entry);
      return selected;
    },
  };
}

const nameOf = ({ entity, entityId }: ChangeEntry): string => `${entity} ${entityId}`;
