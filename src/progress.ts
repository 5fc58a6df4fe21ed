/** The progress bar of long work at the command line, on standard error. */
import { SingleBar } from 'cli-progress';

/** @param detail what else there is to say, such as how fast it goes */
export type OnProgress = (done: number, total: number, detail?: string) => void;

/**
 * Shows how far the work is, from what it says itself.
 * @param label what is being done
 * @param onlyOnTerminal whether nothing is said where nobody looks on; else a line now and then
 */
export async function withProgress<T>(
  label: string,
  work: (onProgress: OnProgress) => Promise<T>,
  { onlyOnTerminal = false }: { onlyOnTerminal?: boolean } = {},
): Promise<T> {
  const bar = new SingleBar({
    format: `${label} {bar} {percentage}% | {value}/{total}{detail} | {eta}s left`,
    noTTYOutput: !onlyOnTerminal,
    notTTYSchedule: 500,
    hideCursor: true,
  });
  bar.start(1, 0, { detail: '' });
  try {
    return await work((done, total, detail) => {
      bar.setTotal(total);
      bar.update(done, { detail: detail ? ` | ${detail}` : '' });
    });
  } finally {
    bar.stop();
  }
}
