import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aProject, type Body, created, type TestApp, testApp } from '../support/app.ts';
import { operationFor } from '../support/contract.ts';
import { DIMENSIONS } from '../support/model.ts';
import { MEASURES } from '../support/model-figures.ts';

describe('the definitions', () => {
  let api: TestApp;
  let definitions: Body;
  beforeAll(async () => {
    api = await testApp();
    definitions = (await api.get('/v1/statistics/definitions')).body;
  });
  afterAll(() => api.close());

  it('define exactly the measures of the summary, in its order', async () => {
    const { asOf, revision, filter, known, links, ...figures } = (await api.get('/v1/statistics/summary'))
      .body;
    const names = definitions.measures.map(({ name }: Body) => name);
    expect(names).toEqual(Object.keys(figures));
    expect(names).toEqual(MEASURES);
  });

  it('give each measure the unit that its figures have', async () => {
    const { body } = await api.get('/v1/statistics/summary');
    const unitOf = (figure: Body) =>
      typeof figure === 'number'
        ? 'projects'
        : 'yuan' in figure
          ? 'yuan'
          : 'ratio' in figure
            ? 'rate'
            : 'median' in figure
              ? 'days'
              : '?';
    for (const { name, unit } of definitions.measures) expect(unit, name).toBe(unitOf(body[name]));
  });

  it('define every dimension of a breakdown, each with the parameter that selects a group', () => {
    expect(definitions.dimensions.map(({ name }: Body) => name)).toEqual(DIMENSIONS);
    const declared = operationFor('GET', '/v1/projects')?.operation.parameters?.map(({ name }) => name);
    for (const { parameter } of definitions.dimensions) expect(declared).toContain(parameter);
  });

  it('define the figures at each age of a cohort, except the two forms of its quotient', async () => {
    await created(api, '/v1/projects', aProject());
    const { ratio, percent, ...figures } = (await api.get('/v1/statistics/cohorts')).body.items[0].ages[0];
    const names = definitions.cohorts.map(({ name }: Body) => name);
    expect(names.sort()).toEqual(Object.keys(figures).sort());
  });

  it('are complete in both languages', () => {
    const { version: _, versions, ...terms } = definitions;
    for (const words of versions) expect(words.zh).toMatch(/\p{Script=Han}/u);
    for (const { name, label, sentence } of Object.values(terms).flat() as Body[]) {
      for (const words of sentence ? [label, sentence] : [label]) {
        expect(words.zh, name).toMatch(/\p{Script=Han}/u);
        expect(words.en, name).toMatch(/^[\x20-\x7e’–]+$/);
      }
    }
    const { measures, cohorts, outreach } = definitions;
    for (const { formula, name } of [...measures, ...cohorts, ...outreach]) {
      expect(formula, name).not.toBe('');
    }
  });

  it.each([
    ['operatingRate', '开工率', 'operating rate'],
    ['registrationRate', '注册率', 'registration rate'],
    ['fulfilmentRate', '履约率', 'fulfilment rate'],
    ['fundsInPlace', '到位资金', 'funds in place'],
    ['contractedFunds', '合同引资额', 'contracted funds'],
  ])('name %s %s', (name, zh, en) => {
    const { label } = definitions.measures.find((one: Body) => one.name === name);
    expect(label).toEqual({ zh, en });
  });

  it('are not sent again to a client that has them', async () => {
    const { etag } = await api.get('/v1/statistics/definitions');
    expect((await api.get('/v1/statistics/definitions', { 'if-none-match': etag })).status).toBe(304);
  });
});
