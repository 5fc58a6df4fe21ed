/** Makes the SQLite database that every test file copies. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADMIN_KEY, TEMPLATE } from '../support/engines.ts';
import { seeded } from './seeded.ts';

export default async function setup(): Promise<(() => void) | undefined> {
  // Two projects use it; they run in one go.
  if (process.env[TEMPLATE.sqlite]) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'luodi-templates-'));
  const file = join(folder, 'template.db');
  process.env[ADMIN_KEY.sqlite] = await seeded(`file:${file}`);
  process.env[TEMPLATE.sqlite] = file;
  return () => rmSync(folder, { recursive: true, force: true });
}
