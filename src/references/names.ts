/** What a text in a sheet means: the code of something, its name, or `430100 长沙市`. */
import type { Reader } from '../database/database.ts';
import { nouns } from '../http/messages.ts';
import type { Fault } from '../http/problems.ts';
import * as repository from './repository.ts';

/** What a sheet may name by its name. */
export type Named = 'events' | 'regions' | 'zones' | 'industries';

const folded = (text: string): string => text.normalize('NFKC').trim().toLowerCase();

export interface Names {
  /** @returns the code, or the fault of a text that names nothing, or several things */
  resolve(entity: Named, text: string, pointer: string): { code: string } | { fault: Fault };
  /** Whether a region is one of some, or belongs to one. */
  isWithin(region: string, scopes: readonly string[]): boolean;
  /** Takes in something that is going to be there. */
  add(
    entity: Named,
    entry: { code: string; name: string; nameEn?: string | null; parent?: string | null },
  ): void;
}

/** Reads the names of everything that a sheet may name. They are few, and looked up for every row. */
export async function readNames(reader: Reader): Promise<Names> {
  const codes = { events: new Set(), regions: new Set(), zones: new Set(), industries: new Set() } as Record<
    Named,
    Set<string>
  >;
  const byName = { events: new Map(), regions: new Map(), zones: new Map(), industries: new Map() } as Record<
    Named,
    Map<string, string[]>
  >;
  const parents = new Map<string, string | null>();

  const add: Names['add'] = (entity, { code, name, nameEn, parent = null }) => {
    if (codes[entity].has(code)) return;
    codes[entity].add(code);
    if (entity === 'regions') parents.set(code, parent);
    for (const one of new Set([name, nameEn ?? name].map(folded))) {
      const named = byName[entity].get(one);
      if (named) named.push(code);
      else byName[entity].set(one, [code]);
    }
  };

  for (const tree of ['regions', 'industries'] as const) {
    for (const node of await repository.readTree(reader, tree)) add(tree, node);
  }
  for (const entity of ['events', 'zones'] as const) {
    for (const [code, names] of await repository.namesOf(reader, entity)) add(entity, { code, ...names });
  }

  return {
    add,
    resolve: (entity, text, pointer) => {
      const given = text.trim();
      if (codes[entity].has(given)) return { code: given };
      const [code, ...others] = byName[entity].get(folded(given)) ?? [];
      if (code !== undefined) {
        if (others.length === 0) return { code };
        const choices = [code, ...others].join(', ');
        return { fault: { pointer, code: 'ambiguous_reference', values: { id: given, choices } } };
      }
      const [first = ''] = given.split(/\s/, 1);
      if (codes[entity].has(first)) return { code: first };
      const values = { noun: nouns[entity], id: given.slice(0, 64) };
      return { fault: { pointer, code: 'unknown_reference', values } };
    },
    isWithin: (region, scopes) => {
      const seen = new Set<string>();
      for (
        let code: string | null = region;
        code !== null && !seen.has(code);
        code = parents.get(code) ?? null
      ) {
        if (scopes.includes(code)) return true;
        seen.add(code);
      }
      return false;
    },
  };
}
