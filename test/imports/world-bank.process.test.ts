/** Real lists from elsewhere, as published, through a mapping on the command line. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/database/open.ts';
import { type Body, clientOf, clockOn, instanceBeside, TODAY } from '../support/app.ts';
import { freshDatabase } from '../support/engines.ts';
import { type Ended, endAll, projectFolder } from '../support/process.ts';
import { luodiImport, reportsIn } from './support.ts';

/** Computed from the files by other means, as described in the README beside them. */
const FILES = {
  'fy2015.xlsx': {
    counts: { rows: 500, created: 481, refused: 19, faultCount: 20 },
    faults: { 'no cost': 19, 'closing before approval': 1 },
    figures: { projectCount: 481, yuan: 78_143_321_616, startedCount: 480, completedCount: 309 },
  },
  'fy2016.xlsx': {
    counts: { rows: 482, created: 435, refused: 47, faultCount: 73 },
    faults: { 'no cost': 40, 'no approval date': 33 },
    figures: { projectCount: 435, yuan: 99_437_837_388, startedCount: 435, completedCount: 227 },
  },
  'fy2018.xlsx': {
    counts: { rows: 499, created: 401, refused: 98, faultCount: 112 },
    faults: { 'closed but closing in future': 1, 'no cost': 60, 'no approval date': 51 },
    figures: { projectCount: 401, yuan: 143_787_309_846, startedCount: 401, completedCount: 105 },
  },
};
type File = keyof typeof FILES;

/** The kind of a fault, by its heading and code. */
const KINDS: Record<string, string> = {
  'Current Project Cost required': 'no cost',
  'Current Project Cost too_small': 'no cost',
  'Board Approval Date required': 'no approval date',
  'Project Closing Date completion_before_start': 'closing before approval',
  'Project Closing Date after_today': 'closed but closing in future',
};

function byKind(faults: readonly Body[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { heading, code } of faults) {
    const kind = KINDS[`${heading} ${code}`] ?? `${heading} ${code}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'luodi-world-bank-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(endAll);

const place = join(projectFolder, 'test/fixtures/world-bank');

const importAll = (url: string, files: readonly string[], ...options: string[]): Promise<Ended> => {
  const paths = files.map((file) => join(place, file));
  const args = [...paths, '--mapping', join(place, 'mapping.json'), '--partial', '--json', ...options];
  return luodiImport(args, { url, folder }).ended;
};

/** The figures in the service's responses. */
async function figuresIn(url: string): Promise<Body> {
  const database = await openDatabase(url);
  const app = await instanceBeside({ clock: clockOn(TODAY) }, database);
  const { body } = await clientOf(app).get('/v1/statistics/summary?asOf=2023-12-31');
  await app.close();
  await database.close();
  const { projectCount, totalInvestment, startedCount, completedCount } = body;
  return { projectCount, yuan: totalInvestment.yuan, startedCount, completedCount };
}

const names = Object.keys(FILES) as File[];

describe('project lists of the World Bank', () => {
  it.each(names)('are imported from %s with the sums computed independently', async (file) => {
    const { counts, faults, figures } = FILES[file];
    const { url, remove } = await freshDatabase();
    const { code, stdout, stderr } = await importAll(url, [file]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    const [report] = reportsIn(stdout);
    expect(report).toMatchObject({ status: 'done', committed: true, changed: 0, unchanged: 0, ...counts });
    expect(report.file).toMatchObject({ format: 'xlsx', headingRow: 2 });
    expect(byKind(report.faults)).toEqual(faults);
    expect(await figuresIn(url)).toEqual(figures);
    await remove();
  });

  it('are imported together, and change nothing the second time', async () => {
    const { url, remove } = await freshDatabase();
    const first = await importAll(url, names);
    expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 2, stderr: '' });
    expect(reportsIn(first.stdout)).toMatchObject(names.map((name) => FILES[name].counts));
    const sums = names
      .map((name) => FILES[name].figures)
      .reduce((all, one) => ({
        projectCount: all.projectCount + one.projectCount,
        yuan: all.yuan + one.yuan,
        startedCount: all.startedCount + one.startedCount,
        completedCount: all.completedCount + one.completedCount,
      }));
    expect(await figuresIn(url)).toEqual(sums);
    const again = await importAll(url, names, '--preview');
    expect(reportsIn(again.stdout)).toMatchObject(
      names.map((name) => ({ created: 0, changed: 0, unchanged: FILES[name].counts.created })),
    );
    await remove();
  });
});
