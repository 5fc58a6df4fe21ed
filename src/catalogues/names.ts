/** Resolves references in sheets: a code, a name, or `430100 长沙市`. */

import type { Reader } from '../database/database.ts';
import type { Fault } from '../http/problems.ts';
import type { Caller } from '../log/service.ts';
import { unknownReference } from '../sheets/importer.ts';
import * as repository from './repository.ts';

/** Entities that a sheet may refer to by name. */
const namedEntities = ['events', 'regions', 'zones', 'industries'] as const;
export type Named = (typeof namedEntities)[number];

export const isNamed = (entity: string): entity is Named => namedEntities.includes(entity as Named);

const folded = (text: string): string => text.normalize('NFKC').trim().toLowerCase();

export interface Names {
  /** @returns the code, or a fault if the text matches nothing, or is ambiguous */
  resolve(entity: Named, text: string, pointer: string): { code: string } | { fault: Fault };
  /** Whether a region is one of the given ones, or belongs to one of them. */
  isWithin(region: string, scopes: readonly string[]): boolean;
  /** Of an entry in a tree; undefined if it does not exist. */
  parentOf(entity: Named, code: string): string | null | undefined;
  /** Adds an entry in its future state. */
  add(entity: Named, entry: NamedEntry): void;
}

interface NamedEntry {
  code: string;
  name: string;
  nameEn?: string | null;
  parent?: string | null;
}

/** The entries of one entity, by all the texts that may denote them. */
class NamedThings {
  readonly #entries = new Map<string, NamedEntry>();
  readonly #byFoldedCode = new Map<string, string>();
  readonly #byName = new Map<string, Set<string>>();

  add(entry: NamedEntry): void {
    const { code } = entry;
    for (const name of this.#namesOf(code)) this.#byName.get(name)?.delete(code);
    this.#entries.set(code, entry);
    this.#byFoldedCode.set(folded(code), code);
    for (const name of this.#namesOf(code)) {
      const codes = this.#byName.get(name);
      if (codes) codes.add(code);
      else this.#byName.set(name, new Set([code]));
    }
  }

  #namesOf(code: string): Set<string> {
    const entry = this.#entries.get(code);
    return new Set(entry ? [entry.name, entry.nameEn ?? entry.name].map(folded) : []);
  }

  entry(code: string): NamedEntry | undefined {
    return this.#entries.get(code);
  }

  /** The codes that a text may denote. Before a space there may be a code, after it its name. */
  meantBy(text: string): readonly string[] {
    if (this.#entries.has(text)) return [text];
    const given = folded(text);
    const code = this.#byFoldedCode.get(given);
    if (code !== undefined) return [code];
    const named = this.#byName.get(given);
    if (named && named.size > 0) return [...named];
    const [, first = '', rest = ''] = /^(\S+)\s+(.+)$/s.exec(given) ?? [];
    const before = this.#byFoldedCode.get(first);
    if (before === undefined) return [];
    // An unknown name may be short for the right one; the name of another entry contradicts the code.
    const others = [...(this.#byName.get(rest) ?? [])];
    return others.length === 0 || others.includes(before) ? [before] : [before, ...others];
  }
}

/** Reads the names of all these entities. They are few, and needed for every row. */
async function readNames(reader: Reader): Promise<Names> {
  const things: Readonly<Record<Named, NamedThings>> = {
    events: new NamedThings(),
    regions: new NamedThings(),
    zones: new NamedThings(),
    industries: new NamedThings(),
  };
  for (const tree of ['regions', 'industries'] as const) {
    for (const node of await repository.readTree(reader, tree)) things[tree].add(node);
  }
  for (const entity of ['events', 'zones'] as const) {
    for (const [code, names] of await repository.namesOf(reader, entity))
      things[entity].add({ code, ...names });
  }
  const parentOf: Names['parentOf'] = (entity, code) => {
    const entry = things[entity].entry(code);
    return entry && (entry.parent ?? null);
  };

  return {
    add: (entity, entry) => things[entity].add(entry),
    parentOf,
    resolve: (entity, text, pointer) => {
      const given = text.trim();
      const [code, ...others] = things[entity].meantBy(given);
      if (code === undefined) {
        return { fault: unknownReference(pointer, entity, given) };
      }
      if (others.length === 0) return { code };
      const choices = [code, ...others].sort().join(', ');
      const values = { id: given.slice(0, 64), choices };
      return { fault: { pointer, code: 'ambiguous_reference', values } };
    },
    isWithin: (region, scopes) => {
      const seen = new Set<string>();
      for (
        let code: string | null = region;
        code !== null && !seen.has(code);
        code = parentOf('regions', code) ?? null
      ) {
        if (scopes.includes(code)) return true;
        seen.add(code);
      }
      return false;
    },
  };
}

/** Reads all names on first use, and caches them. */
export function rememberedNames(): (reader: Reader) => Promise<Names> {
  let names: Promise<Names> | undefined;
  return (reader) => {
    names ??= readNames(reader);
    return names;
  };
}

/** Faults of regions outside those of the caller. @param pointer to the field with the region */
export function regionFaults(
  { regions: own }: Pick<Caller, 'regions'>,
  names: Names,
  pointer: string,
  regions: readonly unknown[],
): Fault[] {
  const isOwn = (region: unknown) => typeof region === 'string' && names.isWithin(region, own ?? []);
  if (own === null || regions.every(isOwn)) return [];
  return [{ pointer, code: 'other_region', values: { regions: own.join(', ') } }];
}

/**
 * Replaces names by codes in the fields of a row. Fields that cannot be resolved are removed and reported.
 * @param references the entity that each field refers to
 * @param apart fields to leave out
 */
export function withCodes(
  given: Readonly<Record<string, unknown>>,
  references: Readonly<Record<string, string>>,
  names: Names,
  apart: ReadonlySet<string> = NONE,
): { fields: Record<string, unknown>; faults: Fault[] } {
  const fields: Record<string, unknown> = {};
  const faults: Fault[] = [];
  for (const field of Object.keys(given)) {
    const entity = references[field];
    const text = given[field];
    if (apart.has(field)) continue;
    if (typeof text !== 'string' || entity === undefined || !isNamed(entity)) {
      fields[field] = text;
      continue;
    }
    const resolved = names.resolve(entity, text, `/${field}`);
    if ('code' in resolved) fields[field] = resolved.code;
    else faults.push(resolved.fault);
  }
  return { fields, faults };
}

const NONE: ReadonlySet<string> = new Set();
