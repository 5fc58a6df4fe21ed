/** Tells one webhook what happens, entry by entry, for as long as it is active. */
import { setTimeout as sleep } from 'node:timers/promises';
import { existingEntry } from '../../catalogues/service.ts';
import { catalogueWrites } from '../../catalogues/writes.ts';
import type { Clock } from '../../core/clock.ts';
import { newId } from '../../core/ids.ts';
import { turn } from '../../core/pace.ts';
import type { Database, Transaction } from '../../database/database.ts';
import type { News } from '../../log/news.ts';
import { byLuodi, type ChangesService } from '../../log/service.ts';
import { isOver, pauseAfter } from './backoff.ts';
import { webhooks } from './catalogue.ts';
import { attemptOf, type Message, messageTo, type Part } from './message.ts';
import * as repository from './repository.ts';
import { type Selection, type Selector, selectorIn } from './selection.ts';
import type { Outcome, Sender } from './sending.ts';
import { trying } from './state.ts';

/** Entries read at once, and so the most in a message. */
const AT_ONCE = 100;
/** How often a webhook that waits looks whether it is to do something else. */
const LOOK_EVERY_MS = 1_000;
/** Entries that do not concern a webhook before it is noted that they have been passed. */
const NOTED_EVERY = 10_000;
const GONE = 410;

/** What happened, for the log of the service. */
export interface Reports {
  /** A webhook has failed for the first time since it last succeeded. */
  failed(id: string, outcome: Outcome): void;
  /** It is told nothing more. */
  stopped(id: string, status: 'failed' | 'gone'): void;
  error(error: unknown): void;
}

export interface Counts {
  delivered: number;
  failed: number;
  entries: number;
}

interface Means {
  database: Database;
  clock: Clock;
  changes: Pick<ChangesService, 'entries'>;
  news: News;
  sender: Sender;
  reports: Reports;
  counts: Counts;
}

/** Where reading the log has got to. */
interface Reading {
  /** The stored cursor that it began at. */
  from: number;
  /** The last entry that was read. */
  at: number;
  selector: Selector;
  selection: string;
}

export function telling({ database, clock, changes, news, sender, reports, counts }: Means) {
  const { update } = catalogueWrites(webhooks, clock);

  /**
   * Writes, if this process still tells the webhook and nobody has sent it elsewhere in the log meanwhile.
   * @returns whether it did
   */
  const note = (
    before: repository.Subscriber,
    life: string,
    work: (tx: Transaction) => Promise<void>,
    attempt?: repository.Attempt,
  ): Promise<boolean> =>
    database.write(async (tx) => {
      const now = await repository.findSubscriber(tx, before.id);
      if (!now) return false;
      if (attempt) await repository.addDelivery(tx, now, attempt);
      const isSame = now.cursor === before.cursor && now.message?.id === before.message?.id;
      if (now.owner?.life !== life || now.status !== 'active' || !isSame) return false;
      await work(tx);
      return true;
    });

  const passed = (subscriber: repository.Subscriber, life: string, cursor: number): Promise<boolean> =>
    note(subscriber, life, (tx) => repository.updateState(tx, subscriber.id, { cursor, ...trying }));

  /** @param state as it was before the attempt */
  async function failed(
    tx: Transaction,
    { id, failures: before, failingSince }: repository.Subscriber,
    { id: message, part }: Message & { part: Part },
    { status, retryAfter }: Outcome,
  ): Promise<'failed' | 'gone' | null> {
    const now = clock.milliseconds();
    const failures = before + 1;
    const since = failingSince ?? clock.now();
    const pause = pauseAfter(failures, Math.random(), retryAfter);
    const { after, upTo } = part;
    await repository.updateState(tx, id, {
      message: { id: message, after, upTo },
      failures,
      failingSince: since,
      nextAttemptAt: new Date(now + pause).toISOString(),
    });
    const end = status === GONE ? 'gone' : isOver(Date.parse(since), now) ? 'failed' : null;
    if (end) {
      const entry = await existingEntry(tx, webhooks, id);
      await update(tx, byLuodi('webhooks'), entry, { ...entry, status: end });
    }
    return end;
  }

  /** @returns whether it arrived, and that is noted */
  async function deliver(
    subscriber: repository.Subscriber,
    part: Part,
    life: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const at = clock.milliseconds();
    const message = messageTo(subscriber, subscriber.message?.id ?? `msg_${newId(at)}`, part, at);
    const outcome = await sender.send(subscriber.url, message.headers, message.body, signal);
    const attempt = attemptOf(message, outcome, at);
    if (outcome.error === null) {
      counts.delivered += 1;
      counts.entries += part.entries.length;
      const changes = { cursor: part.upTo, ...trying };
      return note(subscriber, life, (tx) => repository.updateState(tx, subscriber.id, changes), attempt);
    }
    counts.failed += 1;
    let end: 'failed' | 'gone' | null = null;
    const noting = async (tx: Transaction) => {
      end = await failed(tx, subscriber, { ...message, part }, outcome);
    };
    await note(subscriber, life, noting, attempt);
    if (end) reports.stopped(subscriber.id, end);
    else if (subscriber.failures === 0) reports.failed(subscriber.id, outcome);
    return false;
  }

  /** Continues to read, or begins anew: from somewhere else, for something else, or to repeat a message. */
  function readingFor(subscriber: repository.Subscriber, last: Reading | undefined): Reading {
    const { entities, actions, regions, events, cursor, message } = subscriber;
    const asked: Selection = { entities, actions, regions, events };
    const selection = JSON.stringify(asked);
    const isNext = last?.from === cursor || last?.at === cursor;
    if (last && isNext && last.selection === selection && !message) return { ...last, from: cursor };
    const at = message?.after ?? cursor;
    return { from: cursor, at, selector: selectorIn(database.read, asked), selection };
  }

  /** The next part of the log; null at its end. */
  async function nextPart(
    { message }: repository.Subscriber,
    { at: after, selector }: Reading,
  ): Promise<Part | null> {
    const read = await changes.entries(after, AT_ONCE, false);
    const entries = message ? read.filter(({ seq }) => seq <= message.upTo) : read;
    const upTo = entries.at(-1)?.seq;
    return upTo === undefined ? null : { after, upTo, entries: await selector.of(entries) };
  }

  /** @param life identifies this process as the owner @param signal ends it */
  return async (id: string, life: string, signal: AbortSignal): Promise<void> => {
    let reading: Reading | undefined;

    /** @returns whether there is more to do */
    async function step(): Promise<boolean> {
      const subscriber = await repository.findSubscriber(database.read, id);
      if (subscriber?.status !== 'active' || subscriber.owner?.life !== life) return false;
      const { nextAttemptAt } = subscriber;
      const wait = nextAttemptAt === null ? 0 : Date.parse(nextAttemptAt) - clock.milliseconds();
      if (wait > 0) {
        await sleep(Math.min(wait, LOOK_EVERY_MS), undefined, { signal });
        return true;
      }
      reading = readingFor(subscriber, reading);
      const part = await nextPart(subscriber, reading);
      if (!part) {
        await news.since(reading.at, LOOK_EVERY_MS, () => signal.aborted);
        return true;
      }
      reading.at = part.upTo;
      const isEmpty = part.entries.length === 0;
      if (isEmpty && part.upTo - reading.from < NOTED_EVERY && !subscriber.message) return true;
      const isNoted = isEmpty
        ? await passed(subscriber, life, part.upTo)
        : await deliver(subscriber, part, life, signal);
      if (!isNoted) reading = undefined;
      return true;
    }

    for (;;) {
      signal.throwIfAborted();
      await turn();
      try {
        if (!(await step())) return;
      } catch (error) {
        signal.throwIfAborted();
        reading = undefined;
        reports.error(error);
        await sleep(LOOK_EVERY_MS, undefined, { signal });
      }
    }
  };
}
