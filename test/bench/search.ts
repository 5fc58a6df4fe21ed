/** Latency of word search with `q` among a million projects. */
import { quantile } from './exports.ts';
import { startService } from './processes.ts';
import type { Row, Setting } from './sections.ts';

const WANTED_MS = 20;

/** Parts of the fictional names and codes; the number of matching projects varies from a few to all. */
const questions: Record<string, (n: number) => string> = {
  'a number that few have': (n) => String(1_000 + 37 * n).padStart(6, '0'),
  'two words': (n) => `虚构 ${String(1_000 + 37 * n).padStart(6, '0')}`,
  'a code': (n) => `MADE-UP-${String(1 + 977 * n).padStart(7, '0')}`,
  'a word that every name has': () => '虚构项目',
};

export async function search(setting: Setting): Promise<Row[]> {
  const service = await startService(await setting.madeUp(1_000_000), {}, 'both');
  const rows: Row[] = [];
  let limit = 1;
  for (const [what, word] of Object.entries(questions)) {
    const waits: number[] = [];
    for (let n = 0; n < setting.runs + 2; n++) {
      limit = 1 + (limit % 100);
      const began = performance.now();
      const answer = await fetch(
        `${service.url}/v1/projects?limit=${limit}&q=${encodeURIComponent(word(n))}`,
      );
      const { page } = (await answer.json()) as { page: { total: number } };
      if (!(page.total > 0)) throw new Error(`${word(n)} is not found`);
      waits.push(performance.now() - began);
    }
    const median = quantile(waits.slice(2), 0.5);
    rows.push({
      name: `a million: q, ${what}, with the count`,
      ours: `${median.toFixed(1)} ms (at first ${waits[0]?.toFixed(0)})`,
      yardstick: `${WANTED_MS} ms`,
      ratio: median / WANTED_MS,
      target: { most: 1 },
    });
  }
  await service.stop();
  return rows;
}
