/** Database errors, independent of the engine. */

/** A write was started inside a write, which would deadlock. */
export class NestedWriteError extends Error {
  constructor() {
    super('A write was started inside another write; pass the transaction on instead.');
  }
}

/** The database is currently locked by another process, or unreachable. */
export class BusyError extends Error {}

/** The file of the database is not the one that was opened; nothing more is written to it. */
export class LostError extends Error {
  readonly what: 'missing' | 'replaced' | 'overwritten' | 'touched';

  constructor(what: LostError['what'], file: string, options?: ErrorOptions) {
    super(`${file}: ${what}`, options);
    this.what = what;
  }
}

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

/** The loss that caused an error, if one did. */
export function lossIn(error: unknown): LostError | undefined {
  for (let e = error; e instanceof Error; e = e.cause) if (e instanceof LostError) return e;
  return undefined;
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

/** Bytes of the database are not what the engine wrote. */
export const isDamage = hasCode(
  'SQLITE_CORRUPT',
  'SQLITE_CORRUPT_INDEX',
  'SQLITE_CORRUPT_SEQUENCE',
  'SQLITE_CORRUPT_VTAB',
  'SQLITE_NOTADB',
  'XX001',
  'XX002',
);

/** No room on the disk: of the database, or of temporary and uploaded files. */
export const isDiskFull = hasCode(
  'SQLITE_FULL',
  // The index of the write-ahead log cannot grow.
  'SQLITE_IOERR_SHMSIZE',
  '53100',
  'ENOSPC',
  'EDQUOT',
);

const READ_ONLY = '25006';

/** The server is a standby. */
export class ReadOnlyError extends Error {
  readonly code = READ_ONLY;
}

/** The database accepts no writes: a standby that was not promoted, a disk that is mounted read-only. */
export const isReadOnly = hasCode(
  READ_ONLY,
  'SQLITE_READONLY',
  'SQLITE_READONLY_CANTINIT',
  'SQLITE_READONLY_CANTLOCK',
  'SQLITE_READONLY_DBMOVED',
  'SQLITE_READONLY_DIRECTORY',
  'SQLITE_READONLY_RECOVERY',
  'SQLITE_READONLY_ROLLBACK',
);

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
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  // No file descriptor is left; for SQLite, that looks as if the file could not be opened.
  'EMFILE',
  'ENFILE',
  'SQLITE_CANTOPEN',
  '25P03',
  '53000',
  '53200',
  '53300',
  '55P03',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '08000',
  '08001',
  '08003',
  '08006',
);

/** Worth retrying later: locked, starting, restarting, unreachable, out of connections or timed out. */
export const isUnavailable = (error: unknown): boolean =>
  error instanceof BusyError ||
  unreachable(error) ||
  // node-postgres sets no code for these.
  (error instanceof Error &&
    /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Client (has encountered a connection error|was closed) and is not queryable)/.test(
      rootMessage(error),
    ));

/** Nothing is wrong with the request or the service: it may succeed once the operator has made room, for example. */
export const isOutside = (error: unknown): boolean =>
  isUnavailable(error) ||
  isDiskFull(error) ||
  isReadOnly(error) ||
  isDamage(error) ||
  lossIn(error) !== undefined;

/** Whether the database failed, and not what it was asked for. */
export const isOfDatabase = (error: unknown): boolean =>
  isOutside(error) || codesOf(error).some((code) => /^[0-9A-Z]{5}$/.test(code));

/** The message of the root cause. */
export function rootMessage(error: unknown): string {
  let root = error;
  while (root instanceof Error && root.cause instanceof Error) root = root.cause;
  if (root instanceof AggregateError && root.errors[0] instanceof Error) return root.errors[0].message;
  return root instanceof Error ? root.message : String(root);
}
