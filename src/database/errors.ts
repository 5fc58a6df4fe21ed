/** Database errors, independent of the engine. */

/** A write was started inside a write, which would deadlock. */
export class NestedWriteError extends Error {
  constructor() {
    super('A write was started inside another write; pass the transaction on instead.');
  }
}

/** The database is currently locked by another process, or unreachable. */
export class BusyError extends Error {}

/** Nobody waits for the result any more. */
export class GoneError extends Error {}

/** The queue is full, for one caller or for all. */
export class TooManyWaitingError extends Error {
  readonly max: number;
  readonly whose: 'own' | 'all';

  constructor(max: number, whose: 'own' | 'all') {
    super(`As much waits for its turn as may: ${max}.`);
    this.max = max;
    this.whose = whose;
  }
}

const codesOf = (error: unknown): string[] => {
  const codes: string[] = [];
  for (let e = error; e instanceof Error; e = e.cause) {
    if ('code' in e && typeof e.code === 'string') codes.push(e.code);
  }
  return codes;
};

const hasCode =
  (...wanted: string[]) =>
  (error: unknown): boolean =>
    codesOf(error).some((code) => wanted.includes(code));

export const isUniqueViolation = hasCode('SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', '23505');

/** A row still refers to the deleted one, or refers to one that does not exist. */
export const isForeignKeyViolation = hasCode('SQLITE_CONSTRAINT_FOREIGNKEY', '23503');

/** Two transactions conflicted; the same work may succeed when retried. */
export const isSerializationFailure = hasCode('40001', '40P01');

/** The thread of a connection died, for want of memory for example; the next work gets another one. */
export const THREAD_ENDED = 'THREAD_ENDED';
export const isThreadEnd = hasCode(THREAD_ENDED);

const unreachable = hasCode(
  THREAD_ENDED,
  'SQLITE_BUSY',
  'SQLITE_BUSY_RECOVERY',
  'SQLITE_BUSY_SNAPSHOT',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  '53300',
  '55P03',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  '08000',
  '08003',
  '08006',
);

/** Worth retrying later: locked, starting, restarting, unreachable, out of connections or timed out. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof BusyError ||
  unreachable(error) ||
  // node-postgres sets no code for these two.
  (error instanceof Error &&
    /^(Connection terminated|timeout exceeded when trying to connect)/.test(rootMessage(error)));

/** The message of the root cause. */
export function rootMessage(error: unknown): string {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  if (root instanceof AggregateError && root.errors[0] instanceof Error) return root.errors[0].message;
  return root instanceof Error ? root.message : String(root);
}
