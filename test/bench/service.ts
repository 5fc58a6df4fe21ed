/** Child process: the service as started by `luodi serve`, with a configurable group size of writes. */

import { clockIn } from '../../src/core/clock.ts';
import { readConfig } from '../../src/core/config.ts';
import { openDatabase } from '../../src/database/open.ts';
import { serve } from '../../src/main.ts';

const [url = '', groupLimit] = process.argv.slice(2);
const config = readConfig({ DATABASE_URL: url, PORT: '0' });
const database = await openDatabase(url, groupLimit ? { groupLimit: Number(groupLimit) } : {});
process.send?.(await serve(config, { database, clock: clockIn(config.TIME_ZONE) }));
process.once('disconnect', () => process.exit());
