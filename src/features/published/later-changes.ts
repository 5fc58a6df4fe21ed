/** Finds the logged changes that affected a figure since its publication. */

import type { Reader } from '../../database/database.ts';
import type { Action } from '../../log/service.ts';
import { type ProjectFilter, select } from '../projects/filter.ts';
import { isLaterFunds, isWhole, LEDGER, type Read, readsOfFilter, touchedBy } from './reads.ts';
import * as repository from './repository.ts';

export interface Question {
  filter: ProjectFilter;
  asOf: string;
  /** What the measure reads of a project. */
  reads: readonly Read[];
  /** Changes from this moment on, RFC 3339 in UTC, and after this place in the log. */
  since: string;
  afterSeq: number;
}

export interface LaterChange {
  seq: number;
  at: string;
  action: Action;
  projectId: string;
  code: string;
  /** What it changed of what the figure is made of; none where it brought, or took away, the whole project. */
  fields: string[];
}

export interface LaterChanges {
  /** From when on they were looked for. */
  since: string;
  /** How many there are, of those that were looked at. */
  total: number;
  /** Whether all that was written since was looked through. */
  complete: boolean;
  /** The first of them. */
  items: LaterChange[];
}

const BATCH = 500;
const SHOWN = 20;

/** What one figure may cost. */
export interface Bounds {
  /** Entries of the log that are looked through, whatever they are about: those that come first. */
  window: number;
  /** Of these, entries about projects of the figure, or that may have been; the batch that reaches it is the last. */
  entries: number;
  /** Projects of which is found out whether they were selected. */
  suspects: number;
}

const BOUNDS: Bounds = { window: 50_000, entries: 2_000, suspects: 256 };

/**
 * The changes since a moment that touch what a figure reads, of the projects that its filter selects; and those that
 * took a project out of what it selects.
 * @param head the place of the last entry in the log
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
 * From when on changes may have moved a figure: from the end of the day on which it was published. Where the log begins
 * later, everything was entered since, which says nothing: then from when the figure itself was entered, if it was.
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

/** The place in the log before the first entry that was written at a moment or later. */
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

/** The change that an entry tells of, if it touches what is read of a project that was signed by the day. */
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

/** Of entries about projects that are not selected now: those about projects that were, before the first of them. */
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
  // What was entered since was not there then.
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
