/** The progress bar of the command line, on standard error. */

/** @param detail additional text, such as the rate */
export type OnProgress = (done: number, total: number, detail?: string) => void;

/**
 * Shows a progress bar that the work updates.
 * @param label the name of the work
 * @param onlyOnTerminal whether to show nothing if standard error is not a terminal; else a line is printed
 * now and then
 * @param unit formats amounts of work; plain numbers if left out
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
      // Until something is done, the estimated time is not a number.
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

/** Shows each of several steps on a terminal. */
export const stepsOnTerminal = <T>(step: string, work: (onProgress: OnProgress) => Promise<T>): Promise<T> =>
  withProgress(step, work, { onlyOnTerminal: true });

/** How long ago a moment of `performance.now()` was, in seconds, to the millisecond. */
export const secondsSince = (moment: number): number =>
  Number(((performance.now() - moment) / 1_000).toFixed(3));

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;

/** Says that a command that follows a database waits for one. */
export const tellAway = (reason: string): void =>
  void process.stderr.write(`luodi: waits until the database can be used again: ${reason}\n`);
