/** Runs the examples for imports in the documentation. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { variables } from '../../src/core/config.ts';
import { Mapping } from '../../src/features/imports/importable.ts';
import { importLimits } from '../../src/features/imports/limits.ts';
import { LEAST_TAKEN } from '../../src/http/files.ts';
import { KEPT } from '../../src/log/once.ts';
import { limits } from '../../src/sheets/reading/limits.ts';
import { bundled } from '../support/bundle.ts';
import { documentAt, examplesIn } from '../support/documents.ts';
import { freshDatabase, type TestDatabase } from '../support/engines.ts';
import { endAll, luodi, occupiedPort, projectFolder, type Running, until } from '../support/process.ts';

const page = documentAt('docs/imports.md');
const examples = examplesIn(page);
const blocksOf = (language: string): string[] =>
  examples.filter((one) => one.language === language).map(({ text }) => text);
const [back, template, stored, command] = blocksOf('sh') as [string, string, string, string];

interface Done {
  code: number;
  stdout: string;
  stderr: string;
}

describe('the page about imports', () => {
  let database: TestDatabase;
  let demo: Running;
  let folder: string;
  let port: number;

  /** Runs each line separately, in its own folder, against this test's demo. */
  async function runLines(script: string): Promise<Done[]> {
    const local = script
      .replaceAll('localhost:3000', `127.0.0.1:${port}`)
      .replaceAll('test/fixtures/', `${projectFolder}/test/fixtures/`)
      .replaceAll('npm run -s luodi --', `${process.execPath} ${bundled('cli')}`);
    const KEY = /Bearer (luodi_\w+)/.exec(demo.stdout())?.[1];
    const env = { ...process.env, KEY, DATABASE_URL: database.url };
    const done: Done[] = [];
    for (const line of local.split('\n')) {
      done.push(
        await new Promise<Done>((resolve) => {
          execFile('sh', ['-euc', line], { cwd: folder, env, maxBuffer: 1e8 }, (error, stdout, stderr) =>
            resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
          );
        }),
      );
    }
    return done;
  }

  beforeAll(async () => {
    database = await freshDatabase();
    folder = mkdtempSync(join(tmpdir(), 'luodi-readme-'));
    const found = await occupiedPort();
    port = found.port;
    await found.free();
    demo = luodi(['demo'], {
      env: { DATABASE_URL: database.url, PORT: String(port), IMPORT_DIR: join(folder, 'in') },
    });
    await until(() => demo.stdout().includes('Server listening'));
  });
  afterAll(async () => {
    await endAll();
    await database?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  it('re-imports an export without changes', async () => {
    const answers = await runLines(back);
    expect(answers).toHaveLength(3);
    const [, looked, written] = answers.map(({ stdout }) => (stdout ? JSON.parse(stdout) : null));
    expect(looked).toMatchObject({ status: 'done', mode: 'preview', changed: 0, created: 0, refused: 0 });
    expect(looked.unchanged).toBeGreaterThan(10);
    expect(written).toMatchObject({
      status: 'done',
      mode: 'commit',
      unchanged: looked.unchanged,
      changed: 0,
    });
  });

  it('downloads the template', async () => {
    await runLines(template);
    expect(readdirSync(folder)).toContain('projects-template-hyrd-2020.xlsx');
  });

  it('shows part of an existing mapping, and stores that', async () => {
    const shown = JSON.parse(blocksOf('json')[0] ?? '');
    const kept = JSON.parse(
      readFileSync(join(projectFolder, 'test/fixtures/world-bank/mapping.json'), 'utf8'),
    );
    expect(Mapping.safeParse(shown).error).toBeUndefined();
    expect(kept).toMatchObject(shown);
    const [made, looked] = (await runLines(stored)).map(({ stdout }) => JSON.parse(stdout));
    expect(made).toMatchObject({ code: 'world-bank' });
    expect(looked).toMatchObject({ status: 'done', rows: 500, created: 481, refused: 19 });
  });

  it('imports on the command line, with the documented exit codes', async () => {
    // PGlite accepts one process at a time.
    demo.signal('SIGTERM');
    await demo.ended;
    const [preview, partial] = (await runLines(command)) as [Done, Done];
    expect(preview).toMatchObject({ code: 1, stderr: '' });
    expect(preview.stdout).toContain('将新建 481');
    expect(partial).toMatchObject({ code: 2, stderr: '' });
    const counts = [...partial.stdout.matchAll(/Of (\d+) rows (\d+) are created/g)].map(([, ...all]) => all);
    const sums = [0, 1].map((at) => counts.reduce((sum, one) => sum + Number(one[at]), 0)) as [
      number,
      number,
    ];
    expect(page).toContain(`${sums[0] - sums[1]} of their ${sums[0].toLocaleString('en')} rows`);
    expect(readdirSync(folder)).toContain('faults.xlsx');
  });
});

describe('the page about limits', () => {
  it('has the limits of uploads', () => {
    const MIB = 1024 ** 2;
    const spaced = (number: number): string => String(number).replace(/\B(?=(\d{3})+$)/g, ' ');
    const { atOnce, slice, running, waiting, ofOneKey, reported, kept, uploadMs } = importLimits;
    const { leastBytes, leastWithinMs } = importLimits;
    const quota = Number(variables.IMPORT_QUOTA.default) / MIB / 1024;
    const rows: [string, ...unknown[]][] = [
      [
        'an uploaded file: csv, ndjson and json; xlsx and ods; these unpacked',
        `${limits.textBytes / MIB} MiB`,
        `${limits.workbookBytes / MIB} MiB`,
        `${limits.unpackedBytes / MIB / 1024} GiB`,
      ],
      [
        'rows of a file; non-empty columns; characters of a cell',
        spaced(limits.rows),
        limits.columns,
        spaced(limits.cellCharacters),
      ],
      [
        'a csv record, an ndjson line, an element of a json array',
        `${spaced(limits.recordCharacters)} characters`,
      ],
      ['ranges of merged cells in a worksheet', spaced(limits.merges)],
      ['rows searched for the headings', `the first ${limits.headingRows}`],
      ['rows written in one transaction; in each slice of a larger file', spaced(atOnce), spaced(slice)],
      ['imports running; waiting; of one key', running, `${waiting}, then 503`, `${ofOneKey}, then 429`],
      [
        'faults in the report of an import; imports kept, whatever their size',
        spaced(reported),
        spaced(kept),
      ],
      [
        'uploaded files and reports together; of one key',
        `${quota} GiB (\`IMPORT_QUOTA\`), then 507`,
        'a quarter of it, then 429',
      ],
      [
        'responses stored for the `Idempotency-Key`s of one API key, for 24 hours',
        `${spaced(KEPT.answers)}, ${KEPT.bytes / MIB} MiB together, then 429`,
      ],
      [
        'time to upload a file; minimum rate; time to read it',
        `${uploadMs / 60_000} min`,
        `${leastBytes / 1024} KiB in any ${leastWithinMs / 1_000} s`,
        `${limits.milliseconds / 60_000} min`,
      ],
      [
        'minimum rate at which a file is downloaded, counted before compression',
        `${LEAST_TAKEN.bytes / 1024} KiB in any ${LEAST_TAKEN.withinMs / 1_000} s`,
      ],
    ];
    for (const [what, ...values] of rows)
      expect(documentAt('docs/limits.md')).toContain(`| ${what} | ${values.join('; ')} |\n`);
  });
});
