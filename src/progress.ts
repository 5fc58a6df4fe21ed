/** The progress bar of long work at the command line. */
import { SingleBar } from 'cli-progress';

/** Shows how far the work is, from what it says itself. @param label what is being done */
export async function withProgress<T>(
  label: string,
  work: (onProgress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  const bar = new SingleBar({
    format: `${label} {bar} {percentage}% | {value}/{total} | {eta}s left`,
    noTTYOutput: true,
    notTTYSchedule: 500,
    hideCursor: true,
  });
  bar.start(1, 0);
  try {
    return await work((done, total) => {
      bar.setTotal(total);
      bar.update(done);
    });
  } finally {
    bar.stop();
  }
}
