/** Reads the change log, and verifies it independently of the code that wrote it. */
import { createHash } from 'node:crypto';
import { asc } from 'drizzle-orm';
import { expect } from 'vitest';
import type { ChangeEntry } from '../../src/log/repository.ts';
import type { Answer, TestApp } from './app.ts';

export const logOf = ({ database }: TestApp): Promise<ChangeEntry[]> => {
  const { changes } = database.read.tables;
  return database.read.select().from(changes).orderBy(asc(changes.seq)) as unknown as Promise<ChangeEntry[]>;
};

/** JSON with sorted keys and no whitespace, which is the RFC 8785 form of such values. */
export function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${sortedJson(member)}`).join()}}`;
}

export const independentHash = ({ hash: _, ...entry }: ChangeEntry): string =>
  createHash('sha256').update(sortedJson(entry)).digest('hex');

/** Verifies that the entries are gapless and chained, and end at the revision. */
export async function expectWholeLog(api: TestApp): Promise<ChangeEntry[]> {
  const log = await logOf(api);
  let previousHash = '0'.repeat(64);
  for (const [i, entry] of log.entries()) {
    expect({ seq: entry.seq, previousHash: entry.previousHash, hash: entry.hash }).toEqual({
      seq: i + 1,
      previousHash,
      hash: independentHash(entry),
    });
    previousHash = entry.hash;
  }
  expect(await api.database.revision()).toEqual({ seq: log.length, hash: previousHash });
  return log;
}

/** The log entries created by a request. */
export async function entriesOf(
  api: TestApp,
  send: () => Promise<Answer>,
): Promise<{ answer: Answer; entries: ChangeEntry[] }> {
  const { seq } = await api.database.revision();
  const answer = await send();
  return { answer, entries: (await logOf(api)).slice(seq) };
}
