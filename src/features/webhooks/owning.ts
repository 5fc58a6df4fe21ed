/** Webhooks as jobs that never end: each has one owner among all instances, which is succeeded when it dies. */
import type { Clock } from '../../core/clock.ts';
import type { MetricSource } from '../../core/metrics.ts';
import { byLabel } from '../../core/metrics.ts';
import type { Database, Reader } from '../../database/database.ts';
import { type Job, type JobRunner, jobRunner } from '../../jobs/runner.ts';
import { newsOf } from '../../log/news.ts';
import type { ChangesService } from '../../log/service.ts';
import { KEPT_MS } from './message.ts';
import * as repository from './repository.ts';
import { statuses } from './schema.ts';
import type { Sender } from './sending.ts';
import { type Counts, type Reports, telling } from './telling.ts';

/** An owner that has not been seen for so long is succeeded, wherever it is. */
const SILENT_MS = 90_000;
const SWEPT_EVERY_MS = 3_600_000;
const DROPPED_AT_ONCE = 1_000;

export interface WebhookRunner extends Pick<JobRunner<Job, null>, 'takeOver' | 'stop'> {
  readonly metrics: MetricSource;
}

const jobOf = ({ id, owner, seenAt }: repository.Subscriber): Job => ({ id, owner, seenAt, caller: null });

export function webhookRunner(
  { database, clock }: { database: Database; clock: Clock },
  changes: Pick<ChangesService, 'entries'>,
  sender: Sender,
  reports: Reports,
): WebhookRunner {
  const counts: Counts = { delivered: 0, failed: 0, entries: 0 };
  const tell = telling({ database, clock, changes, news: newsOf(database), sender, reports, counts });
  let sweptAt = 0;

  const find = async (reader: Reader, id: string): Promise<Job | undefined> => {
    const subscriber = await repository.findSubscriber(reader, id);
    return subscriber && jobOf(subscriber);
  };

  const jobs = jobRunner<Job, null, null>(
    { database, clock },
    {
      find,
      unfinished: async (reader) => (await repository.activeSubscribers(reader)).map(jobOf),
      update: repository.updateState,
      folder: '',
      isHere: () => true,
      startProgress: () => null,
      run: async ({ job, life, signal }) => {
        await tell(job.id, life, signal);
        return null;
      },
      endingOf: () => null,
      // Only that nobody owns it: what it has been told is noted with each message.
      recordOf: async () => ({}),
      tidy: async () => {},
    },
    reports.error,
    { running: Number.POSITIVE_INFINITY, silentMs: SILENT_MS, crashes: Number.POSITIVE_INFINITY },
  );

  /** Deletes deliveries that are no longer shown. */
  async function sweep(): Promise<void> {
    if (sweptAt > clock.milliseconds() - SWEPT_EVERY_MS) return;
    sweptAt = clock.milliseconds();
    const oldest = new Date(clock.milliseconds() - KEPT_MS).toISOString();
    while (!jobs.isStopped && (await repository.hasDeliveriesBefore(database.read, oldest))) {
      await database.write((tx) => repository.dropDeliveriesBefore(tx, oldest, DROPPED_AT_ONCE));
    }
  }

  return {
    takeOver: async () => {
      await jobs.takeOver();
      await sweep();
    },
    stop: async () => {
      await jobs.stop();
      sender.close();
    },
    metrics: async () => {
      const { seq } = await database.revision();
      const behind = await repository.furthestBehind(database.read);
      return [
        ...byLabel({ name: 'luodi_webhooks', help: 'Webhooks, by status.', type: 'gauge' }, 'status', {
          ...Object.fromEntries(statuses.map((status) => [status, 0])),
          ...(await repository.countByStatus(database.read)),
        }),
        {
          name: 'luodi_webhook_lag_entries',
          help: 'Entries after the last one that every active webhook has been told.',
          type: 'gauge',
          value: behind === null ? 0 : seq - behind,
        },
        ...byLabel(
          {
            name: 'luodi_webhook_messages_total',
            help: 'Messages to webhooks, by outcome.',
            type: 'counter',
          },
          'outcome',
          { delivered: counts.delivered, failed: counts.failed },
        ),
        {
          name: 'luodi_webhook_entries_total',
          help: 'Entries in messages that arrived.',
          type: 'counter',
          value: counts.entries,
        },
      ];
    },
  };
}
