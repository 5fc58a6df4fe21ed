import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Mapping } from '../../../src/features/imports/importable.ts';
import { lifecycleFaults } from '../../../src/features/projects/lifecycle.ts';
import { NewProject } from '../../../src/features/projects/schema.ts';
import { projectFolder } from '../../support/process.ts';
import { readingApart } from '../../support/reading.ts';

const folder = join(projectFolder, 'test/fixtures/world-bank');
const mapping = Mapping.parse(JSON.parse(readFileSync(join(folder, 'mapping.json'), 'utf8')));

const TODAY = '2023-12-31';

/** Faults of a row by the service's rules, as `/field code`. */
function faultsIn(fields: Record<string, unknown>): string[] {
  const { error } = NewProject.safeParse(fields);
  const own = (error?.issues ?? []).map(({ path }) => `/${path.join('/')} missing`);
  return [...own, ...lifecycleFaults(fields, TODAY).map(({ pointer, code }) => `${pointer} ${code}`)];
}

const NO_COST = '/investmentYuan missing';
const NO_APPROVAL = '/signedOn missing';

describe('the lists of the World Bank', () => {
  it.each([
    [
      'fy2015.xlsx',
      500,
      481,
      { [NO_COST]: 19, '/completedOn completion_before_start': 1 },
      78_143_321_616,
      480,
      309,
    ],
    ['fy2016.xlsx', 482, 435, { [NO_COST]: 40, [NO_APPROVAL]: 33 }, 99_437_837_388, 435, 227],
    [
      'fy2018.xlsx',
      499,
      401,
      { '/completedOn after_today': 1, [NO_COST]: 60, [NO_APPROVAL]: 51 },
      143_787_309_846,
      401,
      105,
    ],
  ])(
    'of %s have the sums computed independently',
    async (name, count, accepted, faults, investment, started, completed) => {
      const { rows, head, result } = await readingApart(join(folder, name), { mapping });
      expect(head).toMatchObject({
        format: 'xlsx',
        sheet: 'data',
        otherSheets: [],
        headingRow: 2,
        warnings: [],
      });
      expect(result).toMatchObject({ rows: count, refused: 0 });

      const found = rows.map(({ fields }) => faultsIn(fields));
      const counts: Record<string, number> = {};
      for (const fault of found.flat()) counts[fault] = (counts[fault] ?? 0) + 1;
      expect(counts).toEqual(faults);

      const sound = rows.filter((_, i) => found[i]?.length === 0).map(({ fields }) => fields);
      expect(sound).toHaveLength(accepted);
      expect(sound.reduce((sum, { investmentYuan }) => sum + Number(investmentYuan), 0)).toBe(investment);
      expect(sound.filter(({ startedOn }) => startedOn)).toHaveLength(started);
      expect(sound.filter(({ completedOn }) => completedOn)).toHaveLength(completed);
    },
  );
});
