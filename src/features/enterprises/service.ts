/** Queries of other features about enterprises. */
import type { Reader } from '../../database/database.ts';
import { possibleKeys } from '../../database/prepared.ts';
import * as repository from './repository.ts';

/** The keys for finding enterprises. */
export interface EnterpriseKeys {
  ids: ReadonlySet<string>;
  /** Exact names. */
  names: ReadonlySet<string>;
  socialCreditCodes: ReadonlySet<string>;
}

export interface FoundEnterprises {
  /** The ids of all enterprises with exactly this name. */
  byName(name: string): readonly string[];
  byCode(socialCreditCode: string): string | undefined;
  /** For enterprises found by any key. */
  nameOf(id: string): string | undefined;
  codeOf(id: string): string | null | undefined;
}

/** Finds any number of enterprises in a few queries. */
export async function findEnterprises(reader: Reader, keys: EnterpriseKeys): Promise<FoundEnterprises> {
  const found = new Map<string, repository.EnterpriseName>();
  for (const [column, wanted] of [
    ['id', keys.ids],
    ['name', keys.names],
    ['socialCreditCode', keys.socialCreditCodes],
  ] as const) {
    const all = possibleKeys(wanted);
    for (let i = 0; i < all.length; i += AT_ONCE) {
      const rows = await repository.findEnterprisesBy(reader, column, all.slice(i, i + AT_ONCE));
      for (const row of rows) found.set(row.id, row);
    }
  }
  const byName = new Map<string, string[]>();
  const byCode = new Map<string, string>();
  for (const { id, name, socialCreditCode } of found.values()) {
    const ids = byName.get(name);
    if (ids) ids.push(id);
    else byName.set(name, [id]);
    if (socialCreditCode !== null) byCode.set(socialCreditCode, id);
  }
  return {
    byName: (name) => byName.get(name) ?? [],
    byCode: (code) => byCode.get(code),
    nameOf: (id) => found.get(id)?.name,
    codeOf: (id) => found.get(id)?.socialCreditCode,
  };
}

const AT_ONCE = 512;

const NONE: ReadonlySet<string> = new Set();

/** The enterprises with the given ids. */
export const enterprisesById = (reader: Reader, ids: Iterable<string>): Promise<FoundEnterprises> =>
  findEnterprises(reader, { ids: new Set(ids), names: NONE, socialCreditCodes: NONE });

/** Adds the name of the enterprise to entries that refer to one by id. */
export async function withEnterpriseNames<E extends { readonly enterprise?: unknown }>(
  reader: Reader,
  entries: readonly E[],
): Promise<(E & { enterpriseName: string | undefined })[]> {
  const idOf = ({ enterprise }: E) => enterprise as string;
  const found = await enterprisesById(reader, entries.map(idOf));
  return entries.map((entry) => ({ ...entry, enterpriseName: found.nameOf(idOf(entry)) }));
}
