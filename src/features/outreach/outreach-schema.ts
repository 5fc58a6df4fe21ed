/** API schemas of outreach figures. */
import * as z from 'zod';
import { rate } from '../../core/numbers.ts';
import { asOfField } from '../../http/as-of.ts';
import { codesOf, linksNamed, slug } from '../../http/fields.ts';
import { exampleKnown, Known } from '../../http/known.ts';
import { rankingListNames, rankingLists } from '../enterprises/rankings.ts';
import { RateBody } from '../figures/measures.ts';
import { figuresOf, guestCounts, listAddress, type OutreachTally, outreachFigures } from './figures.ts';
import { channels, guestLevels } from './stages.ts';

/** Maximum number of zones in a response. */
export const MAX_ZONES = 100;

export const OutreachQuery = z.strictObject({ asOf: asOfField });

export const OutreachParams = z.object({
  code: z.string().meta({ description: 'The code of the event.', examples: ['hyrd-2022'] }),
});

const label = z.object({ zh: z.string(), en: z.string() });
const links = linksNamed([
  'permalink',
  'self',
  'definitions',
  'atOrAbove',
  'delegations',
  'contacts',
  ...outreachFigures.flatMap(({ link }) => (link ? [link.name] : [])),
]).meta({ id: 'OutreachLinks' });
const exampleLinks = (parameters: Record<string, string> = {}) => ({
  contacts: listAddress('contacts', 'hyrd-2022', '2022-11-30', parameters),
});

const exampleTally: OutreachTally = {
  contacts: { met: 4, negotiating: 2, signed: 1, lost: 1 },
  enterprises: { met: 3, negotiating: 2, signed: 1, lost: 0 },
  top500: 2,
  exhibitors: { met: 2, signed: 1 },
  guests: new Map([
    ['china_president', 1],
    ['director', 1],
  ]),
  delegations: { sent: 1, elsewhere: 1 },
  zones: new Map([['national', 1]]),
  projects: { count: 1, yuan: 1_200_000_000 },
};

const figureFields = Object.fromEntries(
  outreachFigures.map(({ name, schema, sentence, zh, formula }) => [
    name,
    schema.meta({ description: `${sentence.en} (${zh}; ${formula})` }),
  ]),
);

export const Outreach = z
  .object({
    asOf: z.iso.date().meta({ description: 'Day of the figures.' }),
    revision: z.int().meta({ description: 'Revision of the data from which the figures were computed.' }),
    known: Known,
    event: z.object({ code: slug, name: z.string(), nameEn: z.string().nullable() }),
    ...figureFields,
    guests: z
      .array(
        z.object({
          level: z.enum(codesOf(guestLevels)),
          label,
          count: z.int().meta({ description: 'Guests at exactly this level.' }),
          atOrAbove: z.int().meta({ description: 'Guests at this level or above.' }),
          links,
        }),
      )
      .meta({ description: 'The guests by level, the highest first.' }),
    top500: z
      .array(z.object({ list: z.enum(rankingLists), label, enterprises: z.int() }))
      .meta({ description: 'The top-500 enterprises by list; one may be on several.' }),
    channels: z
      .array(
        z.object({
          channel: z.enum(codesOf(channels)),
          label,
          contacts: z.int(),
          enterprises: z.int(),
          links,
        }),
      )
      .meta({ description: 'Enterprises by channel; one may have been met through several.' }),
    zoneLevels: z
      .array(
        z.object({ level: z.enum(['national', 'provincial']), label, delegations: z.int(), zones: z.int() }),
      )
      .meta({ description: 'The delegations, and the zones that sent them, by the level of the zone.' }),
    zones: z
      .array(
        z.object({
          zone: z.object({ code: slug, name: z.string(), nameEn: z.string().nullable() }),
          level: z.enum(['national', 'provincial']),
          delegations: z.int(),
          elsewhere: z.int().meta({ description: 'Of these, delegations sent to another event.' }),
          contacts: z.int().meta({ description: 'Contacts made by its delegations.' }),
          enterprises: z.int().meta({ description: 'Enterprises they met, each counted once.' }),
          turnedInvestors: RateBody.meta({
            description: 'Of these, enterprises with a contact in scope that has signed by the day.',
          }),
          links,
        }),
      )
      .meta({
        description: `Zones that sent delegations, up to ${MAX_ZONES}, the most successful first; zoneCount is the total number.`,
      }),
    links: links.meta({
      description:
        'Links to the records behind the counts, as far as the lists can select them, and to the definitions.',
    }),
  })
  .meta({
    id: 'Outreach',
    description: 'Enterprises met for an event by a day, and the outcome.',
    examples: [
      {
        asOf: '2022-11-30',
        revision: 1207,
        known: exampleKnown,
        event: {
          code: 'hyrd-2022',
          name: '2022年沪洽周',
          nameEn: '2022 Hunan–Yangtze River Delta week',
        },
        ...figuresOf(exampleTally),
        guests: guestCounts(exampleTally.guests).map((row) => ({
          ...row,
          links: exampleLinks({ guestLevel: row.level }),
        })),
        top500: rankingLists.map((list, i) => ({ list, label: rankingListNames[list], enterprises: i })),
        channels: channels.map(({ code, zh, en }) => ({
          channel: code,
          label: { zh, en },
          contacts: 1,
          enterprises: 1,
          links: exampleLinks({ channel: code }),
        })),
        zoneLevels: [
          { level: 'national', label: { zh: '国家级', en: 'national' }, delegations: 1, zones: 1 },
          { level: 'provincial', label: { zh: '省级', en: 'provincial' }, delegations: 0, zones: 0 },
        ],
        zones: [
          {
            zone: {
              code: 'changsha-etdz',
              name: '长沙经济技术开发区',
              nameEn: 'Changsha Economic and Technological Development Zone',
            },
            level: 'national',
            delegations: 1,
            elsewhere: 1,
            contacts: 2,
            enterprises: 2,
            turnedInvestors: rate(1, 2),
            links: exampleLinks({ zone: 'changsha-etdz' }),
          },
        ],
        links: { self: '/v1/events/hyrd-2022/outreach?asOf=2022-11-30', ...exampleLinks() },
      },
    ],
  });
export type Outreach = z.infer<typeof Outreach>;
