/** Differences of very many contributions, from columns alone. */
import { describe, expect, it } from 'vitest';
import { Columns, codeNames, dayNames, type StoredProject } from '../../src/columns/columns.ts';
import type { State } from '../../src/columns/questions.ts';
import { differences, MAX_CONTRIBUTIONS } from '../../src/features/figures/difference-answers.ts';
import type { ProjectFilter } from '../../src/features/projects/filter.ts';

const dates = { signedOn: '2021-01-01', startedOn: '2021-02-01', terminatedOn: '2021-03-01' };
const someProject = {
  ...Object.fromEntries([...dayNames, ...codeNames].map((name) => [name, null])),
  ...dates,
  ...{ investmentYuan: 1, investmentEstimated: false, contractedFundsYuan: null },
  ...{ searchText: '', updatedAt: '2021-01-01T00:00:00Z', archivedAt: null },
} as unknown as StoredProject;

const idOf = (i: number): string => `00000000-0000-7000-8000-${String(i).padStart(12, '0')}`;

/** A state of so many projects, which a database would name. */
function stateOf(projects: number): State {
  const columns = new Columns();
  for (let i = 0; i < projects; i++) columns.put({ ...someProject, id: idOf(i) }, 0);
  const reader = { prepared: async (_: string, ids: object) => Object.values(ids).map((id) => ({ id })) };
  return { columns, reader, revision: { seq: 1, hash: '' } } as unknown as State;
}

const asked = (isWhole: boolean) => ({
  filter: {} as ProjectFilter,
  measure: 'operatingRate',
  from: { asOf: '2020-12-31' },
  to: { asOf: '2021-12-31' },
  page: { limit: 2 },
  isWhole,
});

/** Each is signed, started and terminated. */
const MOST = Math.floor(MAX_CONTRIBUTIONS / 3);

describe('very many contributions', () => {
  it('are all in a file, up to a limit', async () => {
    const { body } = await differences.answer(stateOf(MOST), asked(true));
    expect(body).toMatchObject({ page: { total: 3 * MOST, nextCursor: null } });
    expect((body as { items: unknown[] }).items).toHaveLength(3 * MOST);
    await expect(differences.answer(stateOf(MOST + 1), asked(true))).rejects.toMatchObject({
      details: { values: { max: MAX_CONTRIBUTIONS } },
    });
  });

  it('are pages without a limit', async () => {
    const { body } = await differences.answer(stateOf(MOST + 1), asked(false));
    expect(body).toMatchObject({
      ...{ contribution: 0, denominatorContribution: MOST + 1 },
      page: { total: 3 * MOST + 3, limit: 2, nextCursor: expect.any(String) },
      causes: [
        { cause: 'signed', events: MOST + 1, denominatorContribution: MOST + 1 },
        { cause: 'terminated', contribution: -MOST - 1 },
        { cause: 'started', contribution: MOST + 1 },
      ],
    });
  });
});
