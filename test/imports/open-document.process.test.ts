/** Workbooks that LibreOffice has saved as OpenDocument are read the same. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Mapping } from '../../src/features/imports/importable.ts';
import { mustRun } from '../support/programs.ts';
import { reading } from '../support/reading.ts';

const WORLD_BANK = 'test/fixtures/world-bank';
const mapping = Mapping.parse(JSON.parse(readFileSync(`${WORLD_BANK}/mapping.json`, 'utf8')));

const files = [
  ...readdirSync('test/fixtures/sent').map((name) => ({ path: `test/fixtures/sent/${name}`, mapping: null })),
  ...readdirSync(WORLD_BANK)
    .filter((name) => name.endsWith('.xlsx'))
    .map((name) => ({ path: `${WORLD_BANK}/${name}`, mapping })),
];
const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

describe.skipIf(!mustRun('soffice'))('a workbook saved as OpenDocument', () => {
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'luodi-ods-'));
    const copies = files.map(({ path }) => join(folder, nameOf(path)));
    for (const [i, { path }] of files.entries()) cpSync(path, copies[i] as string);
    const profile = `-env:UserInstallation=file://${folder}/profile`;
    const args = [profile, '--headless', '--convert-to', 'ods', '--outdir', folder, ...copies];
    await promisify(execFile)('soffice', args, { timeout: 120_000 });
  }, 130_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(files)('is read as $path', async ({ path, mapping }) => {
    const book = await reading(readFileSync(path), { mapping });
    const saved = readFileSync(join(folder, nameOf(path).replace(/xlsx$/, 'ods')));
    const read = await reading(saved, { mapping });
    expect(read.rows).toEqual(book.rows);
    expect(read.rows.length).toBeGreaterThan(0);
    expect(read.head).toEqual({ ...book.head, format: 'ods' });
  });
});
