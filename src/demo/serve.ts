/** `luodi demo`: fills an empty database, serves one that it filled before, refuses any other. */
import type { Config } from '../config.ts';
import { StartupError } from '../database/errors.ts';
import { openService, type Service, serve } from '../main.ts';
import { withProgress } from '../progress.ts';
import { demoState, loadDemo } from './service.ts';

export async function serveDemo(config: Config): Promise<void> {
  const service = await openService(config);
  try {
    await fill(service);
  } catch (error) {
    await service.database.close();
    throw error;
  }
  announce(config);
  await serve(config, service);
}

async function fill(service: Service): Promise<void> {
  switch (await demoState(service.database)) {
    case 'demo':
      return;
    case 'empty':
      return withProgress('Loading demo data', (onProgress) => loadDemo(service, onProgress));
    case 'other':
      throw new StartupError(
        'The database has data of its own; the demo fills only an empty one and serves only its own. DATABASE_URL names another.',
      );
  }
}

function announce({ HOST, PORT }: Config): void {
  const address = `http://${HOST === '0.0.0.0' ? 'localhost' : HOST}:${PORT}`;
  process.stdout.write(`
Luodi serves two published editions at ${address}; everything else in them is made up, and says so.
Documentation: ${address}/docs

  curl '${address}/v1/statistics/summary?event=hyrd-2020&asOf=2022-08-31'
  curl '${address}/v1/statistics/breakdown?by=region&event=hyrd-2020&asOf=2022-08-31'
  curl '${address}/v1/projects?event=hyrd-2022&minInvestment=1000000000&sort=-investmentYuan'

Ctrl-C stops it.
`);
}
