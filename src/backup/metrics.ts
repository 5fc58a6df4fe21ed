import type { MetricSource, Sample } from '../core/metrics.ts';
import type { Keeper } from './keeper.ts';

const seconds = (at: string): number => Date.parse(at) / 1_000;

const BASE = { name: 'luodi_backup_base_timestamp_seconds', help: 'When the last base was made.' };
const PROOF = {
  name: 'luodi_backup_proof_timestamp_seconds',
  help: 'When it was last proved that the newest backup can be restored.',
};
const BEHIND = {
  name: 'luodi_backup_lag_entries',
  help: 'Entries of the change log that no backup has yet.',
};

/** What backups say of themselves to a monitor. @param revision the last entry of the log */
export const backupMetrics =
  (keeper: Keeper, revision: () => Promise<{ seq: number }>): MetricSource =>
  async () => {
    const { base, written, proof } = await keeper.state();
    const { isOwner, failures } = keeper.condition();
    const last = Math.max(base?.revision ?? 0, written?.revision ?? 0);
    const gauge = (what: Pick<Sample, 'name' | 'help'>, value: number): Sample => ({
      ...what,
      type: 'gauge',
      value,
    });
    return [
      ...(base ? [gauge(BASE, seconds(base.at))] : []),
      ...(proof ? [gauge(PROOF, seconds(proof.at))] : []),
      gauge(BEHIND, (await revision()).seq - last),
      gauge(
        { name: 'luodi_backup_owner', help: '1 for the instance that makes the backups.' },
        Number(isOwner),
      ),
      {
        name: 'luodi_backup_failures_total',
        help: 'Backups and proofs of this instance that failed.',
        type: 'counter',
        value: failures,
      },
    ];
  };
