/** Filling columns from both engines, and their size. */
import type { FillJob, FillsMeasured } from './fill-job.ts';
import { delegate } from './processes.ts';
import { median, type Row, type Setting } from './sections.ts';
import { copyInto, startPostgres } from './throw-away-postgres.ts';

const filled = ({ runs }: Setting, url: string): Promise<FillsMeasured> =>
  delegate<FillJob, FillsMeasured>('fill-job.ts', { url, runs: Math.min(runs, 3) }, 'both');

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;

const fillRow = (engine: string, { fills, heldUp }: FillsMeasured, limit: number): Row => {
  const mine = median(fills.map(({ milliseconds }) => milliseconds));
  return {
    name: `a million: filling from ${engine} (the event loop held up ${heldUp.toFixed(0)} ms at most)`,
    ours: seconds(mine),
    yardstick: seconds(limit),
    ratio: mine / limit,
    target: { most: 1 },
  };
};

export async function filling(setting: Setting, file: string): Promise<Row[]> {
  const sqlite = await filled(setting, `file:${file}`);
  const [{ rows, bytes } = { rows: 1, bytes: 0 }] = sqlite.fills;
  const fill = median(sqlite.fills.map(({ milliseconds }) => milliseconds));
  const reading = median(sqlite.reads);
  return [
    fillRow('SQLite', sqlite, 4_000),
    {
      name: 'the limit: filling from SQLite ÷ a program that only reads the same rows',
      ours: seconds(fill),
      yardstick: seconds(reading),
      ratio: fill / reading,
    },
    ...(await fromPostgres(setting, file)),
    {
      name: 'bytes a project in columns, without dictionaries',
      ours: (bytes / rows).toFixed(0),
      yardstick: '120',
      ratio: bytes / rows / 120,
      target: { most: 1 },
    },
  ];
}

async function fromPostgres(setting: Setting, file: string): Promise<Row[]> {
  const postgres = await startPostgres();
  if (!postgres) {
    process.stderr.write('\nPostgreSQL is not installed; filling from it is left out.\n');
    return [];
  }
  try {
    await copyInto(postgres, file);
    return [fillRow('PostgreSQL', await filled(setting, postgres.url), 12_000)];
  } finally {
    postgres.stop();
  }
}
