/** `luodi keys create | list | revoke`. */
import type { Command } from 'commander';
import { type ApiKey, NewApiKey, ROLES } from '../access/schema.ts';
import type { KeyService } from '../access/service.ts';
import { startOfDay } from '../core/clock.ts';
import { readConfig } from '../core/config.ts';
import { StartupError } from '../core/startup-error.ts';
import { day } from '../http/fields.ts';
import type { PageOf } from '../http/pages.ts';
import { invalid } from '../http/problems.ts';
import { faultsOfIssues } from '../http/validation.ts';
import { byLuodi } from '../log/service.ts';

export function addKeyCommands(program: Command): void {
  const keys = program.command('keys').description('API keys: who may do what.');
  keys
    .command('create')
    .description('Create a key and show it once.')
    .requiredOption('--name <name>', 'who or what uses the key; shown in the change log')
    .requiredOption('--role <role>', ROLES.join(', '))
    .option('--region <codes...>', 'for an editor: the regions whose projects and contacts it may write')
    .option('--expires <day>', 'first day on which the key is refused, like 2027-01-01')
    .action(create);
  keys.command('list').description('List all keys, the oldest first.').action(list);
  keys
    .command('revoke')
    .description('Revoke a key with immediate effect.')
    .argument('<id>', 'as shown by `keys list`')
    .action(revoke);
}

/**
 * Opens the configured database for work on its keys; only creating the first key may create the database.
 */
async function withKeys<T>(
  work: (keys: KeyService) => Promise<T>,
  { mayMake = false }: { mayMake?: boolean } = {},
): Promise<T> {
  const { openService } = await import('../main.ts');
  const { expectDatabase } = await import('../database/open.ts');
  const { keyService } = await import('../access/service.ts');
  const config = readConfig(process.env);
  if (!mayMake) expectDatabase(config.DATABASE_URL);
  const service = await openService(config);
  try {
    return await work(keyService(service));
  } finally {
    await service.database.close();
  }
}

interface Options {
  name: string;
  role: string;
  region?: string[];
  expires?: string;
}

async function create({ name, role, region, expires }: Options): Promise<void> {
  const { TIME_ZONE } = readConfig(process.env);
  if (expires !== undefined && !day.safeParse(expires).success) {
    throw new StartupError('--expires must be a valid date, like 2027-01-01');
  }
  const given = NewApiKey.safeParse(
    {
      name,
      role,
      ...(region && { regions: region }),
      ...(expires && { expiresAt: startOfDay(expires, TIME_ZONE) }),
    },
    { reportInput: true },
  );
  if (!given.success) throw invalid(faultsOfIssues(given.error.issues));
  const key = await withKeys((keys) => keys.create(byLuodi('keys create'), given.data), { mayMake: true });
  process.stderr.write(`The key of ${key.role} “${key.name}”, shown this once:\n`);
  process.stdout.write(`${key.key}\n`);
}

async function list(): Promise<void> {
  await withKeys(async (keys) => {
    let cursor: string | null | undefined;
    do {
      const { body } = await keys.list({ limit: 500, ...(cursor && { cursor }) });
      const page = body as PageOf<ApiKey>;
      for (const key of page.items) {
        const state = key.revokedAt ? `revoked ${key.revokedAt}` : `expires ${key.expiresAt ?? 'never'}`;
        const regions = key.regions?.join(',') ?? 'all regions';
        const used = `used ${key.lastUsedAt ?? 'never'}`;
        process.stdout.write(
          `${[key.id, key.prefix, key.role, regions, state, used, key.name].join('\t')}\n`,
        );
      }
      cursor = page.page.nextCursor;
    } while (cursor);
  });
}

async function revoke(id: string): Promise<void> {
  const key = await withKeys((keys) => keys.revoke(byLuodi('keys revoke'), id));
  process.stdout.write(`“${key.name}” (${key.prefix}) is revoked.\n`);
}
