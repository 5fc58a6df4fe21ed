import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/http/problems.ts';
import { type Reader, readFile, readWith } from '../../../src/sheets/reading/read-file.ts';
import type { ReadProgress } from '../../../src/sheets/reading/rows.ts';
import { bundled } from '../../support/bundle.ts';
import { projectFolder } from '../../support/process.ts';
import { aFile, aRequest, rowsOf } from '../../support/reading.ts';

/** A reader process that runs another script. */
const readerThat = (script: string, milliseconds = 30_000): Reader => {
  const file = aFile(script);
  return {
    start: () =>
      fork(file, [], {
        execArgv: ['--max-old-space-size=20'],
        env: {},
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      }),
    milliseconds,
  };
};

const failure = async (reader: Reader, signal?: AbortSignal): Promise<unknown> =>
  readWith(reader, aRequest(), signal ? { signal } : {}).then(
    () => 'read',
    (reason: unknown) => reason,
  );

const HANG = 'setInterval(() => {}, 1000); process.on("message", () => {});';

describe('a reading process', () => {
  it.each([
    [
      'has no memory left',
      'process.on("message", () => { const all = []; for (;;) all.push([...Array(1000).keys()]); });',
      'imports.out_of_memory',
    ],
    [
      'is killed',
      'process.on("message", () => process.kill(process.pid, "SIGKILL"));',
      'imports.out_of_memory',
    ],
    ['fails', 'process.on("message", () => { throw new Error("broken"); });', 'imports.not_readable'],
    ['ends without a word', 'process.on("message", () => process.exit(0));', 'imports.not_readable'],
    ['is gone before it is asked', 'process.exit(3);', 'imports.not_readable'],
  ])('that %s refuses the file', async (_, script, code) => {
    const problem = await failure(readerThat(script));
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({ code, status: 422 });
    expect(String((problem as Problem).cause)).toMatch(/ended with/);
  });

  it('says what the system refused, rather than that the file is not readable', async () => {
    // Each write to it fails as on a full disk.
    const request = { ...aRequest({ file: aFile('项目编号\nA\n') }), rows: '/dev/full' };
    await expect(readFile(request)).rejects.toMatchObject({ code: 'ENOSPC' });
  });

  it('reports a million faults of cells, and after that only the first of each row', async () => {
    const days = [
      '签约日期',
      '注册日期',
      '开工日期',
      '竣工日期',
      '投产日期',
      '停工日期',
      '复工日期',
      '终止日期',
    ];
    const faulty = Array.from({ length: days.length }, () => 'x').join();
    const ROWS = 126_000;
    const file = aFile(`项目编号,${days}\n${`A,${faulty}\n`.repeat(ROWS)}`);
    const request = aRequest({ file });
    expect(await readFile(request)).toMatchObject({ rows: ROWS, refused: ROWS });
    const faults = rowsOf(request).map((row) => row.faults.length);
    expect(faults).toHaveLength(ROWS);
    expect(faults.slice(0, 125_000)).toEqual(Array(125_000).fill(8));
    expect(faults.slice(125_000)).toEqual(Array(1_000).fill(1));
  });

  it('is ended if it takes too long', async () => {
    expect(await failure(readerThat(HANG, 1_000))).toMatchObject({
      code: 'imports.too_slow',
      details: { values: { seconds: 1 } },
    });
  });

  it('is ended if nobody needs the rows any more', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('given up')), 300);
    expect(await failure(readerThat(HANG), controller.signal)).toEqual(new Error('given up'));
    expect(await failure(readerThat(HANG), AbortSignal.abort('before'))).toBe('before');
  });

  it('reports progress, and nothing after its end', async () => {
    const file = aFile(`项目编号,备注\n${'A,"some text"\n'.repeat(300_000)}`);
    const told: ReadProgress[] = [];
    const result = await readFile(aRequest({ file }), { onProgress: (progress) => told.push(progress) });
    const { length } = told;
    expect(length).toBeGreaterThan(0);
    for (const [i, { rows, bytes, refused }] of told.entries()) {
      expect(rows).toBeGreaterThanOrEqual(told[i - 1]?.rows ?? 0);
      expect(bytes).toBeLessThanOrEqual(result.bytes);
      expect(refused).toBe(0);
    }
    expect(result).toMatchObject({ rows: 300_000, refused: 0, bytes: readFileSync(file).length });
    await wait(300);
    expect(told).toHaveLength(length);
  });

  it('receives no environment', async () => {
    process.env.LUODI_TEST_SECRET = 'x';
    const script =
      'process.on("message", () => process.send({ result: { env: Object.keys(process.env) } }));';
    const result = await readWith(readerThat(script), aRequest());
    expect(JSON.stringify(result)).not.toContain('SECRET');
    delete process.env.LUODI_TEST_SECRET;
  });

  it.runIf(existsSync('/proc/self'))('ends with its parent', async () => {
    const url = bundled('read-job');
    const parent = fork(
      aFile(
        `const { fork } = require('node:child_process'); const job = fork(${JSON.stringify(url)}, [], { execArgv: [] }); process.send(job.pid); setInterval(() => {}, 1000);`,
      ),
      [],
      { execArgv: [] },
    );
    const [pid] = (await once(parent, 'message')) as [number];
    expect(existsSync(`/proc/${pid}`)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 60_000 }).toBe(false);
  });

  it('starts fast, because it loads very little', () => {
    const packages = new Set<string>();
    const seen = new Set<string>();
    const follow = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const imports = readFileSync(file, 'utf8').matchAll(
        /^\s*import (?!type )[^;]*?from '([^']+)'|await import\('([^']+)'\)/gm,
      );
      for (const [, from = '', later = ''] of imports) {
        const name = from || later;
        if (name.startsWith('.')) follow(join(file, '..', name));
        else packages.add(name);
      }
    };
    follow(join(projectFolder, 'src/sheets/reading/read-job.ts'));
    expect(seen.size).toBeGreaterThan(20);
    expect([...packages].filter((name) => !name.startsWith('node:'))).toEqual(['yauzl']);
  });
});
