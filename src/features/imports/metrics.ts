import { byLabel, type MetricSource } from '../../core/metrics.ts';
import type { Database } from '../../database/database.ts';
import { countByStatus } from './repository.ts';
import type { Runner } from './runner.ts';
import { statuses } from './schema.ts';

/** What imports say of themselves to a monitor. */
export const importMetrics =
  ({ read }: Pick<Database, 'read'>, runner: Pick<Runner, 'count'>): MetricSource =>
  async () => [
    {
      name: 'luodi_imports_active',
      help: 'Imports of this process, waiting ones included.',
      type: 'gauge',
      value: runner.count,
    },
    ...byLabel(
      { name: 'luodi_imports_kept', help: 'Imports on record, by status.', type: 'gauge' },
      'status',
      { ...Object.fromEntries(statuses.map((status) => [status, 0])), ...(await countByStatus(read)) },
    ),
  ];
