/** Assembles the service, one line per feature. */
import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { type Logger, pino } from 'pino';
import { anonymousAccess, authorize, callerOf } from './access/authorize.ts';
import { limitsOf } from './access/limits.ts';
import { keyRoutes } from './access/routes.ts';
import { keyService } from './access/service.ts';
import { streamTokens } from './access/stream-tokens.ts';
import type { RunCommand } from './backup/children.ts';
import { backupKeeper, type Keeper, type KeeperLimits, keeperLimits } from './backup/keeper.ts';
import { backupMetrics } from './backup/metrics.ts';
import type { Catalogue } from './catalogues/catalogue.ts';
import { catalogueRoutes } from './catalogues/routes.ts';
import { columnMetrics } from './columns/metrics.ts';
import type { ColumnStore, StoreLimits } from './columns/store.ts';
import { catalogues, loggedEntities, problemCodes, servicesInState, tags, tracked } from './contributions.ts';
import { type Calendar, clockIn } from './core/clock.ts';
import { type Config, readConfig } from './core/config.ts';
import { packageVersion } from './core/package.ts';
import type { Database } from './database/database.ts';
import { rootMessage } from './database/errors.ts';
import { readingRecords } from './database/replica.ts';
import { briefingRoutes } from './features/briefing/routes.ts';
import { changesRoutes } from './features/changes/routes.ts';
import { changesStream } from './features/changes/stream.ts';
import { streamTokenRoutes } from './features/changes/token-routes.ts';
import { clusterRoutes } from './features/clusters/routes.ts';
import { definitionsVersion } from './features/figures/definitions.ts';
import { statisticsRoutes } from './features/figures/routes.ts';
import { codeListService } from './features/imports/code-lists.ts';
import { type ImportLimits, importLimits } from './features/imports/limits.ts';
import { importMetrics } from './features/imports/metrics.ts';
import { importRoutes } from './features/imports/routes.ts';
import { importRunner, type Runner } from './features/imports/runner.ts';
import { importService } from './features/imports/service.ts';
import { templateRoutes } from './features/imports/template-routes.ts';
import { uploadsIn } from './features/imports/uploads.ts';
import { outreachRoutes } from './features/outreach/routes.ts';
import { projectByCodeRoutes } from './features/projects/by-code-routes.ts';
import { revealingParameters } from './features/projects/filter.ts';
import { projectRoutes } from './features/projects/routes.ts';
import { publishedRoutes } from './features/published/routes.ts';
import { qualityRoutes } from './features/quality/routes.ts';
import { screenRoutes } from './features/screen/routes.ts';
import { addressesOf } from './features/webhooks/addresses.ts';
import { webhooks } from './features/webhooks/catalogue.ts';
import { webhookRunner } from './features/webhooks/owning.ts';
import { webhookRoutes } from './features/webhooks/routes.ts';
import { senderTo } from './features/webhooks/sending.ts';
import { webhookService } from './features/webhooks/service.ts';
import { createAnswers } from './http/answers.ts';
import { compressResponses } from './http/compression.ts';
import { REVALIDATE } from './http/conditional.ts';
import { announceDeprecations } from './http/deprecation.ts';
import { documentationRoutes } from './http/documentation.ts';
import { addFileRoutes } from './http/formats.ts';
import { healthRoutes } from './http/health.ts';
import { guardRetries } from './http/idempotency.ts';
import { createMetrics, metricRoutes, serveMetrics } from './http/metrics.ts';
import { notesOf } from './http/notes.ts';
import { swaggerOptions } from './http/openapi.ts';
import { protect } from './http/protection.ts';
import { readFromReplica } from './http/replica.ts';
import { createServer, refuseOtherMethods } from './http/server.ts';
import { knownService, resolveKnown } from './log/known.ts';
import { changesService } from './log/service.ts';
import { asKnown, servicesOf } from './services.ts';
import { exportAnswers } from './sheets/exporting/answers.ts';
import { columnsOf, exportsOf, importWork } from './workers/works.ts';

export interface Dependencies {
  config: Omit<
    Config,
    | 'PORT'
    | 'DATABASE_URL'
    | 'DATABASE_READ_URL'
    | 'UPGRADE_BACKUP'
    | 'TIME_ZONE'
    | 'LOG_LEVEL'
    | 'STOP_DELAY'
  >;
  database: Database;
  clock: Calendar;
  logger: Logger;
  /** Overrides of the import limits. */
  imports?: Partial<ImportLimits>;
  /** Overrides of the limits of columns. */
  columnLimits?: Partial<StoreLimits>;
  /** Runs commands of `luodi` on the same database; without it, no backups are kept. */
  run?: RunCommand;
  /** Overrides of the times of backups. */
  backupLimits?: Partial<KeeperLimits>;
  /** Aborted once the service is about to stop: it goes on, but should be asked nothing new. */
  stopping?: AbortSignal;
  /** More routes than those of the service, for tests of what all routes have in common. */
  more?: FastifyPluginAsync;
}

export async function buildApp({
  config,
  database,
  clock,
  logger,
  imports,
  columnLimits,
  run,
  backupLimits,
  stopping,
  more,
}: Dependencies): Promise<FastifyInstance> {
  const { BODY_LIMIT: bodyLimit, TRUST_PROXY: trustProxy } = config;
  const app = createServer({ logger, bodyLimit, trustProxy, clock, stopping });
  const service = { database, clock };
  const reading = readingRecords(database);
  const known = knownService(service);
  const { told } = known;
  const answers = createAnswers(reading, clock, config.ANSWER_CACHE, packageVersion, {
    definitionsVersion,
    told,
  });
  const exports = exportAnswers(exportsOf(reading), answers);
  const limits: ImportLimits = { ...importLimits, quotaBytes: config.IMPORT_QUOTA, ...imports };
  const uploads = uploadsIn(config.IMPORT_DIR, limits);
  const onError = (err: unknown) => logger.error({ err }, 'import failed');
  const runner = importRunner(service, importWork, uploads, onError, limits);
  const keys = keyService({ ...service, onRevoke: (id) => runner.refuseKey(id) });
  const tokens = streamTokens({ ...service, keys });
  const changes = changesService(service);
  const addresses = addressesOf(config.WEBHOOK_PRIVATE);
  const sender = senderTo(addresses);
  const subscribers = webhookRunner(service, changes, sender, {
    failed: (webhook, { status, error }) => logger.warn({ webhook, status, error }, 'webhook failed'),
    stopped: (webhook, status) => logger.error({ webhook, status }, 'webhook stopped'),
    error: (err) => logger.error({ err }, 'webhooks not told'),
  });
  const columns = columnsOf(database, columnLimits);
  const services = servicesOf({ ...service, database: reading, columns, catalogues });
  const { figures, records, catalogue: entries } = asKnown(services, { columns, clock }, servicesInState);

  const folder = config.BACKUP_DIR;
  const keeper =
    run && folder !== ''
      ? backupKeeper({
          ...service,
          folder,
          entities: loggedEntities,
          run,
          limits: { ...keeperLimits, ...backupLimits },
        })
      : undefined;

  const stream = changesStream({ database, changes });
  const metrics = createMetrics([
    database.metrics,
    columnMetrics(columns, database.revision),
    answers.metrics,
    stream.metrics,
    importMetrics(database, runner),
    subscribers.metrics,
    ...(keeper ? [backupMetrics(keeper, database.revision)] : []),
  ]);

  metrics.watch(app);
  if (config.METRICS_PORT > 0) serveMetrics(app, metrics, config.HOST, config.METRICS_PORT);
  await protect(app, config);
  const stillHolds = authorize(app, keys, tokens, limitsOf(clock, config), config, revealingParameters);
  if (config.COMPRESSION) compressResponses(app);
  guardRetries(app, (request) => callerOf(request).id ?? '');
  resolveKnown(app, known, definitionsVersion);
  readFromReplica(app, database, reading);
  announceDeprecations(app, (schema) => notesOf(schema)?.deprecated);
  addFileRoutes(app, (schema) => notesOf(schema)?.files ?? []);
  const completeMethods = refuseOtherMethods(app);
  await app.register(swagger, swaggerOptions(tags, problemCodes, anonymousAccess[config.ANONYMOUS_READ]));
  documentationRoutes(app);

  const routesOf = (catalogue: Catalogue) =>
    catalogueRoutes(catalogue, entries(catalogue.entity), exports, answers);
  const routes: readonly FastifyPluginAsync[] = [
    projectRoutes(records('projects'), exports, answers),
    projectByCodeRoutes(records('projects')),
    statisticsRoutes(figures('statistics'), answers, clock),
    qualityRoutes(figures('quality'), answers),
    outreachRoutes(records('outreach'), answers),
    briefingRoutes(figures('briefing'), answers),
    templateRoutes(codeListService(service), answers),
    ...catalogues.filter((one) => one !== webhooks).map(routesOf),
    webhookRoutes(routesOf(webhooks), webhookService(service, addresses, sender), answers),
    clusterRoutes(records('clusters'), answers),
    publishedRoutes(records('published'), answers),
    importRoutes(importService(service, uploads, runner, limits), limits),
    changesRoutes(changes, stream, answers, stillHolds, tracked),
    streamTokenRoutes(tokens),
    keyRoutes(keys, answers),
    healthRoutes(database, columns, keeper, stopping),
    metricRoutes(metrics),
    screenRoutes(),
    ...(more ? [more] : []),
  ];
  for (const plugin of routes) await app.register(plugin);
  takeOverWhileListening(app, runner, IMPORTS_EVERY_MS, (err) =>
    logger.error({ err }, 'imports not taken over'),
  );
  takeOverWhileListening(app, subscribers, WEBHOOKS_EVERY_MS, (err) =>
    logger.error({ err }, 'webhooks not taken over'),
  );
  fillWhileListening(app, columns, logger);
  watchWhileListening(app, database, logger);
  if (keeper) backUpWhileListening(app, keeper, logger);
  app.get('/openapi.json', { schema: { hide: true }, config: { access: 'open' } }, async (_, reply) =>
    reply.header('cache-control', REVALIDATE).send(app.swagger()),
  );

  completeMethods();
  return app;
}

const IMPORTS_EVERY_MS = 60_000;
/** A new webhook waits for it. */
const WEBHOOKS_EVERY_MS = 1_000;

/** Resumes jobs that no living process works on, and releases those of this process when it ends. */
function takeOverWhileListening(
  app: FastifyInstance,
  runner: Pick<Runner, 'takeOver' | 'stop'>,
  everyMs: number,
  onError: (error: unknown) => void,
): void {
  let timer: NodeJS.Timeout | undefined;
  let underWay = Promise.resolve();
  const takeOver = () => {
    underWay = runner
      .takeOver()
      .catch(onError)
      .then(() => void timer?.refresh());
  };
  app.addHook('onListen', async () => {
    timer = setTimeout(takeOver, everyMs);
    timer.unref();
    takeOver();
  });
  app.addHook('preClose', async () => {
    clearTimeout(timer);
    timer = undefined;
    await runner.stop();
    await underWay;
  });
}

/** Fills the columns in the background, and keeps comparing them with the database. */
function fillWhileListening(app: FastifyInstance, columns: ColumnStore, logger: Logger): void {
  app.addHook('onListen', async () => {
    columns.start({
      filled: (condition) => logger.info({ columns: condition }, 'figures ready'),
      differs: (differences) => logger.error({ differences }, 'figures differed from the data: made anew'),
      logAltered: ({ seq }) =>
        logger.error({ seq }, 'the last entry of the change log is not the one that the revision names'),
      failed: (err) => logger.error({ err }, 'figures not checked'),
    });
  });
  app.addHook('preClose', async () => columns.stop());
}

/** Keeps backups in the background. */
function backUpWhileListening(app: FastifyInstance, keeper: Keeper, logger: Logger): void {
  app.addHook('onListen', async () => {
    keeper.start({
      made: (backup) => logger.info({ backup }, 'backup made'),
      proved: (backup) => logger.info({ backup }, 'backup proved'),
      failed: (err, what) => logger.error({ err }, what === 'proof' ? 'backup not proved' : 'backup failed'),
    });
  });
  app.addHook('preClose', async () => keeper.stop());
}

const WATCH_EVERY_MS = 1_000;

/** Looks at the database each second, and logs once when it is no longer in order, and when it is again. */
function watchWhileListening(app: FastifyInstance, database: Database, logger: Logger): void {
  let timer: NodeJS.Timeout | undefined;
  let fault: string | undefined;
  const watch = async () => {
    const found = await database.check().then(() => undefined, rootMessage);
    if (found !== fault) {
      if (found === undefined) logger.info('the database is in order again');
      else logger.error({ fault: found }, 'the database is not in order');
    }
    fault = found;
    timer?.refresh();
  };
  app.addHook('onListen', async () => {
    timer = setTimeout(watch, WATCH_EVERY_MS);
    timer.unref();
  });
  app.addHook('preClose', async () => {
    clearTimeout(timer);
    timer = undefined;
  });
}

/** The OpenAPI document of the service. Needs no database. */
export async function openApiDocument(): Promise<object> {
  const app = await buildApp({
    config: readConfig({}),
    // Routes call their services only for requests.
    database: {} as Database,
    clock: clockIn('UTC'),
    logger: pino({ level: 'silent' }),
  });
  await app.ready();
  const document = app.swagger();
  await app.close();
  return document;
}
