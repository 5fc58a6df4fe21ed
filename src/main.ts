/** The process: database, app, listening, and a clean shutdown on SIGTERM. */
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import closeWithGrace from 'close-with-grace';
import { keyService } from './access/service.ts';
import { buildApp } from './app.ts';
import { commandRunner } from './backup/children.ts';
import { type Calendar, clockIn } from './core/clock.ts';
import { type Config, environmentOf } from './core/config.ts';
import { moduleBeside } from './core/module-beside.ts';
import { StartupError } from './core/startup-error.ts';
import type { Database } from './database/database.ts';
import { rootMessage } from './database/errors.ts';
import { openDatabase } from './database/open.ts';
import { seedReferences } from './features/references/seed.ts';
import { createLogger } from './http/logging.ts';

/** Time to finish running requests when the service stops; then their connections are closed. */
const DRAIN_MS = 10_000;
/** Time limit for the whole shutdown. */
const GRACE_MS = 20_000;
const HEAD_EVERY_MS = 3_600_000;
/** By default V8 lets the heap grow to four times what is in use before it collects the old garbage. */
const KEPT_GARBAGE = '--heap-growing-percent=50';

export interface Service {
  database: Database;
  clock: Calendar;
}

/** Opens the database of a configuration, migrates it, and seeds it if it is new. */
export async function openService(
  config: Pick<Config, 'DATABASE_URL' | 'TIME_ZONE'> &
    Partial<Pick<Config, 'DATABASE_READ_URL' | 'UPGRADE_BACKUP'>>,
): Promise<Service> {
  const { DATABASE_URL, DATABASE_READ_URL: readUrl = '', TIME_ZONE, UPGRADE_BACKUP = true } = config;
  const service = {
    database: await openDatabase(DATABASE_URL, { upgradeBackup: UPGRADE_BACKUP, readUrl }),
    clock: clockIn(TIME_ZONE),
  };
  await seedReferences(service);
  return service;
}

/**
 * Serves until the process is told to stop.
 * @param onListening called with the address, once the service listens
 * @returns the address
 * @throws StartupError if it cannot listen
 */
export async function serve(
  config: Config,
  { database, clock }: Service,
  onListening: (address: string) => Promise<void> = async () => {},
): Promise<string> {
  setFlagsFromString(KEPT_GARBAGE);
  const logger = createLogger(config.LOG_LEVEL);
  const run = commandRunner(moduleBeside(import.meta, 'cli'), environmentOf(config));
  const stopping = new AbortController();
  const app = await buildApp({ config, database, clock, logger, run, stopping: stopping.signal });
  // Log files are stored apart from the database, so a logged head shows later whether the past was
  // rewritten.
  const logHead = async (when: string) =>
    logger.info({ ...(await database.revision()), when }, 'log of changes');
  closeWithGrace({ delay: config.STOP_DELAY + GRACE_MS, logger }, async ({ err, signal }) => {
    if (err) logger.fatal({ err }, 'stopping');
    else {
      logger.info({ signal }, 'stopping');
      stopping.abort();
      await sleep(config.STOP_DELAY);
    }
    // A client that does not read its response would block the shutdown indefinitely.
    const drained = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
    await app.close();
    clearTimeout(drained);
    await logHead('at stop').catch(() => {});
    await database.close();
  });
  let address: string;
  try {
    address = await app.listen({ host: config.HOST, port: config.PORT });
  } catch (error) {
    await app.close();
    await database.close();
    throw new StartupError(`Cannot listen on ${config.HOST}:${config.PORT}: ${rootMessage(error)}`);
  }
  await onListening(address);
  logger.info(`Server listening at ${address}`);
  const greet = async () => {
    if (!(await keyService({ database, clock }).any())) {
      logger.warn('There is no API key yet. Make the first: luodi keys create --name admin --role admin');
    }
    await logHead('at start');
  };
  // If the process is stopped immediately, the database may be closed already; the service did listen.
  await greet().catch(() => {});
  setInterval(() => logHead('hourly').catch(() => {}), HEAD_EVERY_MS).unref();
  return address;
}
