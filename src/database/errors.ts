/** Database errors, independent of the engine. */

/** A write was started inside a write, which would wait for itself for ever. */
export class NestedWriteError extends Error {
  constructor() {
    super('A write was started inside another write; pass the transaction on instead.');
  }
}

/** The database is locked by another process, or cannot be reached, right now. */
export class BusyError extends Error {}

/** Nobody waits any more for what was to be done. */
export class GoneError extends Error {}

/** As much waits for its turn as may: of one asker, or of all. */
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

/** A row still refers to what was deleted, or refers to what does not exist. */
export const isForeignKeyViolation = hasCode('SQLITE_CONSTRAINT_FOREIGNKEY', '23503');

/** Two transactions got in each other's way; the same work may succeed when tried again. */
export const isSerializationFailure = hasCode('40001', '40P01');

const unreachable = hasCode(
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

/** Worth trying again later: locked, starting, restarting, unreachable, out of connections or of time. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof BusyError ||
  unreachable(error) ||
  // node-postgres gives these two no code.
  (error instanceof Error &&
    /^(Connection terminated|timeout exceeded when trying to connect)/.test(rootMessage(error)));

/** The message at the bottom of the chain of causes. */
export function rootMessage(error: unknown): string {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  if (root instanceof AggregateError && root.errors[0] instanceof Error) return root.errors[0].message;
  return root instanceof Error ? root.message : String(root);
}
