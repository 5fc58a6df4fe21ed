import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scopes } from '../../src/features/briefing/facts.ts';
import type { Body, TestApp } from '../support/app.ts';
import { asOfDay, EVENTS, WORLD_TODAY, world } from '../support/arbitraries.ts';
import { populationOf } from '../support/model.ts';
import { modelBriefing } from '../support/model-briefing.ts';
import { figuresOf } from '../support/model-figures.ts';
import { runs, THOROUGH } from '../support/runs.ts';
import { PROPERTY, replaceWorld, worldApp } from '../support/world.ts';
import { strayDigits } from './digits.ts';

describe('a briefing', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await worldApp();
  });
  afterAll(() => api.close());

  const questions = fc.array(
    fc.record({
      event: fc.constantFrom(...EVENTS),
      asOf: asOfDay,
      language: fc.constantFrom('zh' as const, 'en' as const),
    }),
    { minLength: 4, maxLength: 4 },
  );

  it('equals the model for any projects, event and day, without stray digits', async () => {
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(world(), questions, async (world, questions) => {
        await replaceWorld(api, world);
        for (const { event, asOf, language } of questions) {
          const url = `/v1/events/${event.code}/briefing?lang=${language}${asOf ? `&asOf=${asOf}` : ''}`;
          const { body, status, text } = await api.get(url);
          expect(status, `${url}: ${text}`).toBe(200);
          const day = asOf ?? WORLD_TODAY;
          const expected = modelBriefing(world, event, day, language);
          const said = body.sentences.map(({ code, text }: Body) => [code, text]);
          expect(said, url).toEqual(expected);
          expect(body.text, url).toBe(expected.map(([, text]) => text).join(language === 'en' ? ' ' : ''));
          for (const sentence of body.sentences) {
            expect(strayDigits(sentence), `${url}: ${sentence.text}`).toEqual([]);
            met.add(sentence.code);
            for (const { comparator } of sentence.figures) met.add(comparator);
          }
        }
      }),
      { ...PROPERTY, numRuns: runs(40) },
    );
    // Sentences that never occurred were not compared.
    const sentences = [
      'opening',
      'signed',
      'parts',
      'contracted',
      'progress',
      'funds',
      'sameYear',
      'fastest',
      'largest',
    ];
    if (THOROUGH) expect([...met].sort()).toEqual([...sentences, 'exact', 'more_than', 'at_least'].sort());
  });

  it('has the figures of the model for each sentence, with links to exactly the projects behind them', async () => {
    const shown = new Set<string>();
    await fc.assert(
      fc.asyncProperty(world(30), questions, async (world, questions) => {
        await replaceWorld(api, world);
        const totals = new Map<string, Promise<Body>>();
        const listed = (link: string): Promise<Body> => {
          const page = totals.get(link) ?? api.get(`${link}&limit=1`);
          totals.set(link, page);
          return page;
        };
        for (const { event, asOf } of questions.slice(0, 2)) {
          const day = asOf ?? WORLD_TODAY;
          const { body } = await api.get(`/v1/events/${event.code}/briefing?asOf=${day}`);
          for (const { name, value, unit, link, definition } of body.sentences.flatMap(
            (one: Body) => one.figures,
          )) {
            shown.add(name);
            expect(Object.values(definition.label).every(Boolean)).toBe(true);
            if (!link) {
              expect(name).toBeOneOf(['asOf', 'startsOn', 'threshold']);
              continue;
            }
            if (!link.startsWith('/v1/projects?')) {
              expect((await api.get(link)).status).toBe(200);
              continue;
            }
            const { asOf: pinned, ...query } = Object.fromEntries(new URLSearchParams(link.split('?')[1]));
            expect(pinned).toBe(day);
            const filter = Object.fromEntries(Object.entries(query).map(([key, one]) => [key, [one]]));
            const behind = populationOf(world, filter, day);
            expect((await listed(link)).body.page.total, link).toBe(behind.length);
            if (unit === 'projects') expect(value, link).toBe(behind.length);
            else if (unit === 'rate' && !name.startsWith('funds'))
              expect(value.numerator).toBe(behind.length);
            else expect(value, `${name} ${link}`).toEqual((figuresOf(behind, day) as Body)[name]);
          }
        }
      }),
      { ...PROPERTY, numRuns: runs(15) },
    );
    if (THOROUGH) expect([...shown]).toEqual(expect.arrayContaining(['operatingRate', 'fundsInPlaceRate']));
    expect(Object.keys(scopes).length).toBe(6);
  });
});
