/**
 * The service with other import limits: `imports-service.ts URL FOLDER LIMITS`, the limits as JSON. It prints
 * its address, and shuts down cleanly on a signal.
 */
import { buildApp } from '../../src/app.ts';
import { clockIn } from '../../src/core/clock.ts';
import { readConfig } from '../../src/core/config.ts';
import { openDatabase } from '../../src/database/open.ts';
import { createLogger } from '../../src/http/logging.ts';

const [url = '', folder = '', limits = '{}'] = process.argv.slice(2);
const database = await openDatabase(url);
const app = await buildApp({
  config: { ...readConfig({ IMPORT_DIR: folder }), OVERLOAD_DELAY: 0 },
  database,
  clock: clockIn('Asia/Shanghai'),
  logger: createLogger('info'),
  imports: JSON.parse(limits),
});
process.once('SIGTERM', async () => {
  await app.close();
  await database.close();
});
await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`Server listening at ${app.listeningOrigin}\n`);
