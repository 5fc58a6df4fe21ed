/** Creates the SQLite template database that every test file copies. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADMIN_KEY, TEMPLATE } from '../support/engines.ts';
import { seeded } from './seeded.ts';

export default async function setup(): Promise<void> {
  // Already created for another project.
  if (process.env[TEMPLATE.sqlite]) return;
  const file = join(mkdtempSync(join(tmpdir(), 'template-')), 'template.db');
  process.env[ADMIN_KEY.sqlite] = await seeded(`file:${file}`);
  process.env[TEMPLATE.sqlite] = file;
}
