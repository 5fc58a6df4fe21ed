import { byLabel, type MetricSource } from '../core/metrics.ts';
import type { Condition } from './store.ts';

const STATES = ['empty', 'filling', 'ready', 'differing'] as const;

/** What columns say of themselves to a monitor. @param revision the number of the last entry of the log */
export const columnMetrics =
  (columns: { condition(): Condition }, revision: () => Promise<{ seq: number }>): MetricSource =>
  async () => {
    const { state, rows, bytes, seq, filledMs, answeredMs, answers } = columns.condition();
    const { seq: last } = await revision();
    return [
      ...byLabel(
        {
          name: 'luodi_columns_state',
          help: 'The state of the columns: 1 for the one they are in.',
          type: 'gauge',
        },
        'state',
        Object.fromEntries(STATES.map((one) => [one, one === state ? 1 : 0])),
      ),
      { name: 'luodi_columns_rows', help: 'Projects in the columns.', type: 'gauge', value: rows },
      { name: 'luodi_columns_bytes', help: 'Memory of the columns.', type: 'gauge', value: bytes },
      {
        name: 'luodi_columns_lag_entries',
        help: 'Entries of the change log that the columns take in with the next figure.',
        type: 'gauge',
        value: Math.max(0, last - seq),
      },
      {
        name: 'luodi_columns_fill_seconds',
        help: 'How long the last fill took.',
        type: 'gauge',
        value: filledMs / 1_000,
      },
      {
        name: 'luodi_columns_answer_seconds',
        help: 'How long the last answer took.',
        type: 'gauge',
        value: answeredMs / 1_000,
      },
      {
        name: 'luodi_columns_answers_total',
        help: 'Answers from the columns.',
        type: 'counter',
        value: answers,
      },
    ];
  };
