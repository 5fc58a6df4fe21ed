/** Room for files that come in and for the reports on them: how much there is, of one key and of all, and what goes where it runs out. */
import type { Database } from '../../database/database.ts';
import type { ProblemKind } from '../../http/messages.ts';
import { Problem } from '../../http/problems.ts';
import { type ImportLimits, importLimits } from './limits.ts';
import * as repository from './repository.ts';
import type { Runner } from './runner.ts';
import type { Uploads } from './uploads.ts';

export interface Room {
  /**
   * Holds room for a file from the moment at which it begins to arrive. Imports that have ended go for it, the oldest
   * first, with their reports.
   * @param caller id of the key that sends it; null for the command line
   * @throws Problem 429 where the key has as much as one may have, 503 or 507 where there is no more for anybody
   */
  take(id: string, caller: string | null, bytes: number): Promise<void>;
  /** Gives back what a file held that is on record by now, or has gone. */
  giveBack(id: string): void;
}

/** When those who are sent away may try again: an import takes seconds. */
const RETRY_SECONDS = 10;

const refusal = (kind: ProblemKind, values: Readonly<Record<string, number>>): Problem =>
  new Problem(kind, { values, headers: { 'retry-after': String(RETRY_SECONDS) } });

const megabytes = (bytes: number): number => Math.ceil(bytes / 1024 / 1024);

/** One key may have this part of what there is for all. */
const SHARE = 4;

interface Taken {
  caller: string | null;
  bytes: number;
}

export function roomFor(
  { database }: { database: Database },
  uploads: Uploads,
  runner: Pick<Runner, 'isStopped' | 'count' | 'countOf'>,
  { running, waiting, ofOneKey, quotaBytes, kept }: ImportLimits = importLimits,
): Room {
  /** Files that have no import yet. */
  const arriving = new Map<string, Taken>();

  /** Holding its place from the first byte on, nobody fills the disk; and no key takes every place. */
  function expectPlace(caller: string | null): void {
    if (runner.isStopped) throw new Problem('service.unavailable', { headers: { 'retry-after': '5' } });
    const own = [...arriving.values()].filter((one) => one.caller === caller).length;
    if (caller !== null && own + runner.countOf(caller) >= ofOneKey) {
      throw refusal('imports.too_many_of_key', { max: ofOneKey });
    }
    if (arriving.size + runner.count >= running + waiting) {
      throw refusal('imports.too_many', { max: waiting });
    }
  }

  /**
   * @param of id of the key whose share it is; null for what there is for all
   * @throws Problem where even without all that has ended there is not enough
   */
  async function expectBytes(of: string | null): Promise<void> {
    const share = of === null ? 1 : SHARE;
    const isOf = ({ caller }: { caller: string | null }) => of === null || caller === of;
    const onRecord = (await repository.usage(database.read)).filter(isOf);
    const files = [...arriving.values()].filter(isOf);
    const sum = (counted: readonly { bytes: number }[]) =>
      counted.reduce((total, { bytes }) => total + bytes, 0);
    const excess = {
      bytes: sum(onRecord) + sum(files) - quotaBytes / share,
      imports: onRecord.reduce((total, { imports }) => total + imports, files.length) - kept / share,
    };
    if (excess.bytes <= 0 && excess.imports <= 0) return;
    const ended = sum(onRecord.filter((one) => one.hasEnded));
    if (excess.bytes > ended) {
      const max = quotaBytes / share;
      const values = { max: megabytes(max), used: megabytes(excess.bytes + max - ended) };
      throw refusal(of === null ? 'imports.quota' : 'imports.quota_of_key', values);
    }
    const removed = await database.write((tx) => repository.removeOldest(tx, of, excess));
    for (const id of removed) await uploads.remove(id);
  }

  return {
    take: async (id, caller, bytes) => {
      expectPlace(caller);
      arriving.set(id, { caller, bytes });
      try {
        if (caller !== null) await expectBytes(caller);
        await expectBytes(null);
      } catch (error) {
        arriving.delete(id);
        throw error;
      }
    },
    giveBack: (id) => void arriving.delete(id),
  };
}
