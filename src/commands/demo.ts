/** `luodi demo`: fills an empty database, or serves one that it filled before; refuses any other. */
import type { ApiKey } from '../access/schema.ts';
import { keyService } from '../access/service.ts';
import type { Config } from '../core/config.ts';
import { withFirstId } from '../core/ids.ts';
import { StartupError } from '../core/startup-error.ts';
import { demoState, loadDemo } from '../features/demo/service.ts';
import type { PageOf } from '../http/pages.ts';
import { byLuodi } from '../log/service.ts';
import { openService, type Service, serve } from '../main.ts';
import { withProgress } from './progress.ts';

const KEY_NAME = 'demo';
/** Of the first key: the one in the examples of the document. */
const FIRST_KEY_ID = '0190a1b2-0000-7000-8000-000000000007';

export async function serveDemo(config: Config): Promise<void> {
  const service = await openService(config);
  try {
    await fill(service);
  } catch (error) {
    await service.database.close();
    throw error;
  }
  // Only once it listens: a second demo on this port must not revoke the key of the first.
  await serve(config, service, async (address) => announce(config, address, await freshKey(service)));
}

async function fill(service: Service): Promise<void> {
  switch (await demoState(service.database)) {
    case 'demo':
      return;
    case 'empty':
      return withProgress('Loading demo data', (onProgress) => loadDemo(service, onProgress));
    case 'other':
      throw new StartupError(
        'The database contains other data; the demo needs an empty database or its own. Name one with DATABASE_URL.',
      );
  }
}

/** Creates a key for writing and revokes that of the previous start, which cannot be shown again. */
async function freshKey(service: Service): Promise<string> {
  const keys = keyService(service);
  const { body } = await keys.list({ limit: 500, sort: '-createdAt' });
  const earlier = (body as PageOf<ApiKey>).items.filter(({ name }) => name === KEY_NAME);
  for (const { id, revokedAt } of earlier) {
    if (revokedAt === null) await keys.revoke(byLuodi('demo'), id);
  }
  const create = () => keys.create(byLuodi('demo'), { name: KEY_NAME, role: 'admin' });
  return (await (earlier.length === 0 ? withFirstId(FIRST_KEY_ID, create) : create())).key;
}

const WHO_READS: Record<Config['ANONYMOUS_READ'], string> = {
  all: 'Reading needs no key here. To write, send this one',
  statistics: 'Only statistics need no key here. For all else, send this one',
  none: 'Nothing can be read without a key here. Send this one with each request',
};

function announce({ HOST, ANONYMOUS_READ }: Config, listening: string, key: string): void {
  const address = HOST === '0.0.0.0' ? `http://localhost:${new URL(listening).port}` : listening;
  const curl = ANONYMOUS_READ === 'all' ? 'curl' : `curl -H 'Authorization: Bearer ${key}'`;
  process.stdout.write(`
Luodi serves two published editions at ${address}; everything else in them is made up, and says so.

  ${address}/?event=hyrd-2020&asOf=2022-08-31

Documentation: ${address}/docs

  ${curl} '${address}/v1/statistics/summary?event=hyrd-2020&asOf=2022-08-31'
  ${curl} '${address}/v1/statistics/breakdown?by=region&event=hyrd-2020&asOf=2022-08-31'
  ${curl} '${address}/v1/projects?event=hyrd-2022&minInvestment=1000000000&sort=-investmentYuan'

${WHO_READS[ANONYMOUS_READ]}, an administrator's, new at every start:

  Authorization: Bearer ${key}

Ctrl-C stops it.
`);
}
