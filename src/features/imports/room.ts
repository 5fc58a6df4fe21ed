/**
 * Reservation of disk space for uploads and reports: quotas in total and per key, and eviction of old
 * imports.
 */
import type { Database } from '../../database/database.ts';
import type { ProblemKind } from '../../http/messages.ts';
import { Problem } from '../../http/problems.ts';
import { type ImportLimits, importLimits } from './limits.ts';
import * as repository from './repository.ts';
import type { Runner } from './runner.ts';
import type { Uploads } from './uploads.ts';

export interface Room {
  /**
   * Reserves space for a file from the start of its upload. If necessary, the oldest finished imports are
   * deleted with their reports.
   * @param caller id of the key that sends it; null for the command line
   * @throws Problem 429 if the key's quota is used up, 503 or 507 if the total is
   */
  take(id: string, caller: string | null, bytes: number): Promise<void>;
  /** Releases the reservation of a file that has been recorded or deleted. */
  giveBack(id: string): void;
}

/** `Retry-After` for refused uploads: an import takes seconds. */
const RETRY_SECONDS = 10;

const refusal = (kind: ProblemKind, values: Readonly<Record<string, number>>): Problem =>
  new Problem(kind, { values, headers: { 'retry-after': String(RETRY_SECONDS) } });

const megabytes = (bytes: number): number => Math.ceil(bytes / 1024 / 1024);

/** A key may use this fraction (1/4) of each total. */
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
  /** Uploads without an import record. */
  const arriving = new Map<string, Taken>();

  /**
   * A place is reserved from the first byte on, so that nobody can fill the disk, and no key can take all
   * places.
   */
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
   * @param of id of the key whose quota applies; null for the total
   * @throws Problem if deleting all finished imports would not free enough
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
