/** The progress bar of the command line, on standard error. */

/** @param detail what else there is to say, such as how fast it goes */
export type OnProgress = (done: number, total: number, detail?: string) => void;

/**
 * Shows how far the work is, from what it says itself.
 * @param label what is being done
 * @param onlyOnTerminal whether nothing is said where nobody looks on; else a line now and then
 * @param unit how an amount of what is done is written; as a plain number if left out
 */
export async function withProgress<T>(
  label: string,
  work: (onProgress: OnProgress) => Promise<T>,
  {
    onlyOnTerminal = false,
    unit = String,
  }: { onlyOnTerminal?: boolean; unit?: (amount: number) => string } = {},
): Promise<T> {
  const { default: progress } = await import('cli-progress');
  const bar = new progress.SingleBar({
    format: `${label} {bar} {percentage}% | {value}/{total}{detail} | {eta}s left`,
    formatValue: (amount, _, type) => {
      if (type === 'value' || type === 'total') return unit(amount);
      // Before anything is done the time left is a word.
      return type === 'eta' && !Number.isFinite(amount) ? '?' : String(amount);
    },
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

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
