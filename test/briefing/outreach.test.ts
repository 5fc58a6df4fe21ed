import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  OUTREACH_EVENTS,
  outreachApp,
  outreachModel,
  outreachWorld,
  replaceOutreach,
} from '../outreach/world.ts';
import { type Body, created, type TestApp } from '../support/app.ts';
import { asOfDay, WORLD_TODAY } from '../support/arbitraries.ts';
import { modelDay } from '../support/model-briefing.ts';
import { runs, THOROUGH } from '../support/runs.ts';
import { PROPERTY } from '../support/world.ts';
import { strayDigits } from './digits.ts';

type Language = 'zh' | 'en';

/** The sentence about outreach, written out, for an event without projects. */
function expected(model: ReturnType<typeof outreachModel>, event: string, asOf: string, language: Language) {
  const {
    enterprisesConnected: met,
    top500Connected: top,
    seniorGuestCount: guests,
    nationalZoneCount: zones,
  } = model;
  const zh = language === 'zh';
  const said: string[] = [];
  if (met > 0) {
    const among = zh ? `，其中三类500强企业${top}家` : `, among them ${top} on the three top-500 lists`;
    const all = zh ? `已对接企业${met}家` : `${met} ${met === 1 ? 'enterprise' : 'enterprises'} had been met`;
    said.push(top > 0 ? all + among : all);
  }
  if (guests > 0) {
    said.push(
      zh
        ? `中国区副总裁及以上嘉宾${guests}人次`
        : `${guests} ${guests === 1 ? 'guest was' : 'guests were'} of the level of China-region vice president or above`,
    );
  }
  if (zones > 0) {
    said.push(
      zh
        ? `派出小分队的国家级园区${zones}个`
        : `${zones} national-level ${zones === 1 ? 'zone' : 'zones'} had sent delegations`,
    );
  }
  if (said.length === 0) return undefined;
  const day = modelDay(asOf, language);
  const begun = asOf >= '2020-12-28';
  if (zh) return `截至${day}，${begun ? '' : `为筹备展会 ${event}，`}${said.join('；')}。`;
  const last = said.pop();
  const joined = said.length === 0 ? last : `${said.join('; ')}; and ${last}`;
  return `As of ${day}, ${begun ? '' : `in preparation for 展会 ${event}, `}${joined}.`;
}

describe('the sentence about outreach', () => {
  let api: TestApp;
  beforeAll(async () => {
    api = await outreachApp();
  });
  afterAll(() => api.close());

  it('equals the model, without stray digits', async () => {
    const spoken = new Set<boolean>();
    const days = fc.array(asOfDay, { minLength: 2, maxLength: 2 });
    await fc.assert(
      fc.asyncProperty(
        outreachWorld,
        days,
        fc.constantFrom<Language[]>('zh', 'en'),
        async (world, days, language) => {
          await replaceOutreach(api, world);
          for (const event of OUTREACH_EVENTS) {
            for (const asOf of days) {
              const day = asOf ?? WORLD_TODAY;
              const { body } = await api.get(`/v1/events/${event}/briefing?asOf=${day}&lang=${language}`);
              const said = body.sentences.find(({ code }: Body) => code === 'outreach');
              expect(said?.text, `${event} ${day}`).toBe(
                expected(outreachModel(world, event, day), event, day, language),
              );
              spoken.add(said !== undefined);
              if (said) expect(strayDigits(said), said.text).toEqual([]);
            }
          }
        },
      ),
      { ...PROPERTY, numRuns: runs(20) },
    );
    if (THOROUGH) expect([...spoken].sort()).toEqual([false, true]);
  });

  it('has definitions of its figures, and links to the data behind them', async () => {
    await created(api, '/v1/events', {
      code: 'met',
      name: '展',
      startsOn: '2020-06-01',
      endsOn: '2020-06-02',
    });
    const enterprise = await created(api, '/v1/enterprises', {
      name: '企业',
      rankings: [{ list: 'china_500', year: 2020, rank: null }],
    });
    await created(api, '/v1/contacts', {
      enterprise: enterprise.id,
      event: 'met',
      channel: 'visit',
      guestLevel: 'china_president',
      contactedOn: '2020-06-01',
    });
    const { body } = await api.get('/v1/events/met/briefing?lang=zh');
    const { text, figures } = body.sentences.find(({ code }: Body) => code === 'outreach');
    expect(text).toBe(
      '截至2021年3月31日，已对接企业1家，其中三类500强企业1家；中国区副总裁及以上嘉宾1人次。',
    );
    expect(figures.map(({ name, unit, value }: Body) => [name, unit, value])).toEqual([
      ['asOf', 'day', '2021-03-31'],
      ['enterprisesConnected', 'enterprises', 1],
      ['top500Connected', 'enterprises', 1],
      ['seniorGuestCount', 'guests', 1],
    ]);
    for (const { definition, link } of figures.slice(1)) {
      expect(definition.sentence).toEqual({ zh: expect.any(String), en: expect.any(String) });
      expect((await api.get(link)).status).toBe(200);
    }
    expect((await api.get(figures[3].link)).body.page.total).toBe(1);
  });
});
