import { count, eq } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureTextIndexes } from '../../src/database/text-index.ts';
import { commit } from '../imports/support.ts';
import { aProject, type Body, created, expectProblem, type TestApp, testApp } from '../support/app.ts';
import { runs } from '../support/runs.ts';

/** Few characters, so that texts overlap; some of every class that is tokenized differently. */
const character = fc.constantFrom(...'半导体新能源汽车あ한5gGab-（）・.é', ' ');
const text = (maxLength: number) => fc.string({ unit: character, minLength: 1, maxLength });
const name = text(12).filter((one) => /[\p{L}\p{N}]/u.test(one.normalize('NFC')));

const folded = (one: string): string => one.normalize('NFKC').toLowerCase();

describe('a search', () => {
  let api: TestApp;
  const projects = new Map<string, { texts: string[]; id: string }>();
  let investors = 0;

  const found = async (q: string): Promise<string[]> => {
    const answer = await api.get(`/v1/projects?limit=500&sort=code&q=${encodeURIComponent(q)}`);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body.page.total).toBe(answer.body.items.length);
    return answer.body.items.map((one: Body) => one.code);
  };
  const expected = (q: string): string[] =>
    [...projects]
      .filter(([code, { texts }]) =>
        folded(q)
          .split(/\s+/)
          .filter(Boolean)
          .every((word) => [code, ...texts].some((one) => folded(one).includes(word))),
      )
      .map(([code]) => code)
      .sort();

  beforeAll(async () => {
    api = await testApp();
    const sample = fc.sample(fc.record({ name, firm: fc.option(name) }), { numRuns: 60, seed: 11 });
    for (const [i, given] of sample.entries()) {
      const code = `S-${String(i).padStart(4, '0')}`;
      const firm =
        given.firm && (await created(api, '/v1/enterprises', { name: `${given.firm}${++investors}` }));
      const project = await created(
        api,
        '/v1/projects',
        aProject({ code, name: given.name, investorIds: firm ? [firm.id] : [] }),
      );
      const texts = [given.name, ...(firm ? [firm.name] : [])];
      projects.set(code, { texts, id: project.id });
    }
  });
  afterAll(() => api.close());

  const sought = fc.oneof(
    text(4),
    fc
      .tuple(fc.nat(59), fc.nat(11), fc.integer({ min: 1, max: 6 }))
      .map(([i, from, length]) => [...projects.values()][i]?.texts[0]?.slice(from, from + length) ?? '汽'),
    fc.tuple(text(2), text(2)).map((words) => words.join(' ')),
  );

  const findsWhatItShould = () =>
    fc.assert(
      fc.asyncProperty(sought, async (q) => {
        fc.pre(folded(q).trim() !== '' && q.isWellFormed());
        expect(await found(q)).toEqual(expected(q));
      }),
      { numRuns: runs(300) },
    );

  it('finds exactly the projects that contain each of its words, in any script', findsWhatItShould);

  it('finds renamed projects and investors by their new names only', async () => {
    for (const [code, { id, texts }] of [...projects].slice(0, 20)) {
      const answer = await api.patch(
        `/v1/projects/${id}`,
        { name: `${texts[0]}源${code}` },
        { 'if-match': '*' },
      );
      expect(answer.status, answer.text).toBe(200);
      texts[0] = answer.body.name;
    }
    await findsWhatItShould();
    expect(
      await api.database.read.select({ rows: count() }).from(api.database.read.tables.projectGrams),
    ).toEqual([{ rows: projects.size }]);
  });

  // More rows than a load holds back for the index.
  it('finds what an import created or renamed by its new names only', async () => {
    const renamed = [...projects].slice(20, 40);
    const rows = renamed.map(([code, { texts }]) => `${code},${texts[0]}车,provincial,2020-06-29,1`);
    // Of characters that no search above contains.
    const letters = (i: number) =>
      i.toString(8).replaceAll(/\d/g, (digit) => 'JKLMNOPQ'.charAt(Number(digit)));
    for (let i = 0; i < 4_200; i++)
      rows.push(`${letters(i)},批量${i % 7 === 0 ? '甲乙' : '丙丁'},provincial,2020-06-29,1`);
    const file = ['Code,Name,Level,Signed,Investment (yuan)', ...rows].join('\n');
    const answer = await commit(api, file, { format: 'csv' });
    expect(answer.body).toMatchObject({ status: 'done', created: 4_200 });
    for (const [code, one] of renamed) {
      one.texts[0] = `${one.texts[0]}车`;
      expect(await found(one.texts[0])).toContain(code);
    }
    const total = async (q: string) =>
      (await api.get(`/v1/projects?limit=1&q=${encodeURIComponent(q)}`)).body.page.total;
    expect(await total('批量甲乙')).toBe(600);
    expect(await total('批量丙丁')).toBe(3_600);
    const { projects: rowsOf, projectGrams } = api.database.read.tables;
    const many = async (table: typeof rowsOf | typeof projectGrams) =>
      (await api.database.read.select({ rows: count() }).from(table))[0]?.rows;
    expect(await many(projectGrams)).toBe(await many(rowsOf));
  });

  it('does not find deleted data', async () => {
    const grams = api.database.read.tables.enterpriseGrams;
    const named = () => api.database.read.select({ id: grams.id }).from(grams);
    const { id } = await created(api, '/v1/enterprises', { name: '半导体能源' });
    expect(await named()).toContainEqual({ id });
    expect((await api.delete(`/v1/enterprises/${id}`, { 'if-match': '*' })).status).toBe(204);
    expect(await named()).not.toContainEqual({ id });
  });

  it('finds the same with rebuilt indexes', async () => {
    await api.database.write(async (tx) => {
      const { settings, projectGrams, enterpriseGrams } = tx.tables;
      await tx.delete(settings).where(eq(settings.name, 'text_index'));
      await tx.delete(projectGrams);
      await tx.delete(enterpriseGrams);
    });
    // A new revision, because totals are cached by revision.
    const [first] = projects.values();
    await api.patch(`/v1/projects/${first?.id}`, { note: '半' }, { 'if-match': '*' });
    expect(await found('半')).toEqual([]);
    await ensureTextIndexes(api.database);
    await api.patch(`/v1/projects/${first?.id}`, { note: null }, { 'if-match': '*' });
    expect(await found('半')).not.toEqual([]);
    await findsWhatItShould();
  });

  it('is refused with more than ten words, or without visible ones', async () => {
    const ten = '甲 乙 丙 丁 戊 己 庚 辛 壬 癸';
    expect((await api.get(`/v1/projects?q=${encodeURIComponent(ten)}`)).status).toBe(200);
    const eleven = await api.get(`/v1/projects?q=${encodeURIComponent(`${ten} 子`)}`);
    expectProblem(eleven, 422, 'request.invalid', [['q', 'too_many_words']]);
    const unseen = await api.get(`/v1/enterprises?q=${encodeURIComponent('\u200b')}`);
    expectProblem(unseen, 422, 'request.invalid', [['q', 'empty']]);
  });
});
