/** Child process: the service as `luodi serve` runs it once built, with groups of writes as large as it is told. */
import { clockIn } from '../../dist/clock.js';
import { readConfig } from '../../dist/config.js';
import { openDatabase } from '../../dist/database/database.js';
import { serve } from '../../dist/main.js';

const [url = '', groupLimit] = process.argv.slice(2);
const config = readConfig({ DATABASE_URL: url, PORT: '0' });
const database = await openDatabase(url, groupLimit ? { groupLimit: Number(groupLimit) } : {});
process.send?.(await serve(config, { database, clock: clockIn(config.TIME_ZONE) }));
process.once('disconnect', () => process.exit());
