/** Finds the logged changes that affected a figure since its publication. */

import type { Reader } from '../../database/database.ts';
import type { Action } from '../../log/service.ts';
import { type ProjectFilter, select } from '../projects/filter.ts';
import { isLaterFunds, isWhole, LEDGER, type Read, readsOfFilter, touchedBy } from './reads.ts';
import * as repository from './repository.ts';

export interface Question {
  filter: ProjectFilter;
  asOf: string;
  /** The project fields that the measure reads. */
  reads: readonly Read[];
  /** Changes from this time on, RFC 3339 in UTC, and after this position in the log. */
  since: string;
  afterSeq: number;
}

export interface LaterChange {
  seq: number;
  at: string;
  action: Action;
  projectId: string;
  code: string;
  /**
   * The changed fields that affect the figure; empty if it created, archived or restored the whole project.
   */
  fields: string[];
}

export interface LaterChanges {
  /** Start of the search. */
  since: string;
  /** Number of changes among those examined. */
  total: number;
  /** Whether all later changes were examined. */
  complete: boolean;
  /** The first changes. */
  items: LaterChange[];
}

const BATCH = 500;
const SHOWN = 20;

/** Limits of the cost per figure. */
export interface Bounds {
  /** Number of log entries examined, about any resource, starting from the first. */
  window: number;
  /**
   * Of these, entries about projects that the figure covers or may have covered; checked after each batch.
   */
  entries: number;
  /** Number of projects for which it is determined whether they were selected. */
  suspects: number;
}

const BOUNDS: Bounds = { window: 50_000, entries: 2_000, suspects: 256 };

/**
 * The changes since a point in time that affect the fields a figure reads, of the projects that its filter
 * selects; and those that removed a project from the selection.
 * @param head position of the last entry in the log
 */
export async function laterChanges(
  reader: Reader,
  head: number,
  question: Question,
  bounds: Bounds = BOUNDS,
): Promise<LaterChanges> {
  const { filter, asOf, since } = question;
  const selection = select(filter, asOf);
  const filterReads = readsOfFilter(filter);
  const filterFields = [...new Set(filterReads.map(({ field }) => field))];
  const reads = [...filterReads, ...question.reads];
  const found: LaterChange[] = [];
  const suspects = new Map<string, repository.ProjectEntry[]>();

  let looked = 0;
  let afterSeq = Math.max(question.afterSeq, await lastBefore(reader, head, since));
  const untilSeq = Math.min(head, afterSeq + bounds.window);
  let isThrough = false;
  while (!isThrough && looked < bounds.entries) {
    const batch = await repository.projectEntries(reader, selection, filterFields, {
      afterSeq,
      untilSeq,
      since,
      limit: BATCH,
    });
    for (const entry of batch) {
      if (!entry.selected) suspects.set(entry.projectId, [...(suspects.get(entry.projectId) ?? []), entry]);
      else found.push(...told(entry, reads, asOf));
    }
    looked += batch.length;
    afterSeq = batch.at(-1)?.seq ?? afterSeq;
    isThrough = batch.length < BATCH;
  }

  const left = [...suspects].slice(0, bounds.suspects);
  for (const entry of await entriesOfThoseSelectedThen(reader, question, left, filterFields)) {
    const [change] = told(entry, filterReads, asOf);
    if (change && change.fields.length > 0) found.push(change);
  }
  found.sort((a, b) => a.seq - b.seq);
  return {
    since,
    total: found.length,
    complete: isThrough && untilSeq === head && suspects.size <= bounds.suspects,
    items: found.slice(0, SHOWN),
  };
}

/**
 * The start of the search for changes: the end of the day of publication. If the log starts later, all data
 * was entered after publication, which means nothing; the search then starts when the figure was entered, if
 * logged.
 */
export async function sinceWhen(
  reader: Reader,
  id: string,
  published: string,
): Promise<Pick<Question, 'since' | 'afterSeq'> | null> {
  const begin = await repository.writtenAt(reader, 1);
  if (begin === undefined || begin < published) return { since: published, afterSeq: 0 };
  const entered = await repository.entered(reader, id);
  return entered ? { since: entered.at, afterSeq: entered.seq } : null;
}

/** The position in the log before the first entry written at or after a point in time. */
async function lastBefore(reader: Reader, head: number, since: string): Promise<number> {
  let low = 0;
  let high = head;
  while (low < high) {
    const middle = Math.floor((low + high + 1) / 2);
    const at = await repository.writtenAt(reader, middle);
    if (at !== undefined && at < since) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The change in an entry, if it affects the given fields of a project signed by the day. */
function told(entry: repository.ProjectEntry, reads: readonly Read[], asOf: string): LaterChange[] {
  const { seq, at, action, projectId, code, signedOn } = entry;
  const { before: signedBefore } = entry.fields.signedOn ?? {};
  const wasSigned = signedOn <= asOf || (typeof signedBefore === 'string' && signedBefore <= asOf);
  if (!wasSigned) return [];
  const change = { seq, at, action, projectId, code };
  if (isWhole(entry)) return [{ ...change, fields: [] }];
  const fields = touchedBy(entry, reads, asOf).filter(
    (field) => field !== LEDGER || !isLaterFunds(entry, asOf),
  );
  return fields.length > 0 ? [{ ...change, fields }] : [];
}

/**
 * Among entries about projects not selected now, those about projects that were selected before their first
 * entry.
 */
async function entriesOfThoseSelectedThen(
  reader: Reader,
  { filter, asOf, since }: Question,
  suspects: readonly (readonly [string, repository.ProjectEntry[]])[],
  filterFields: readonly string[],
): Promise<repository.ProjectEntry[]> {
  if (suspects.length === 0) return [];
  const entriesOf = new Map(suspects);
  const rows = await repository.projectsById(reader, [...entriesOf.keys()]);
  const columns = filterFields.map((field) => (field === 'investorIds' ? 'leadInvestorId' : field));
  // Projects created since did not exist then.
  const older = rows.filter(({ createdAt }) => createdAt < since);
  if (older.length === 0) return [];
  const then = older.map((row) => {
    const was: Record<string, unknown> = {};
    for (const { fields } of (entriesOf.get(row.id) ?? []).toReversed()) {
      for (const field of filterFields) {
        const change = fields[field];
        if (!change) continue;
        if (field === 'investorIds') was.leadInvestorId = (change.before as string[])?.[0] ?? null;
        else was[field] = change.before ?? null;
      }
    }
    return repository.asItWas(row, was);
  });
  const selected = await repository.selectedAmong(
    reader,
    select(filter, asOf, true),
    then,
    columns as (keyof repository.ProjectRecord)[],
  );
  return suspects.filter(([id]) => selected.has(id)).flatMap(([, entries]) => entries);
}
