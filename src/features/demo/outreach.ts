/**
 * Whom the 2022 edition brought contact with. Three figures as of 2 November 2022 are published, two of them as lower
 * bounds; the contacts that make them up are made up.
 */

import { addDays } from '../../core/days.ts';
import { channels, type GuestLevel } from '../outreach/stages.ts';
import zoneRows from '../references/data/zones.json' with { type: 'json' };
import { hyrd2022 } from './cases.ts';
import { type Day, dayIn } from './days.ts';
import { multinationals } from './investors.ts';
import { placeOf } from './places.ts';
import { type Random, randomFrom } from './random.ts';
import type { DemoContact, DemoDelegation, DemoEnterprise, DemoEvent, DemoProject } from './rows.ts';
import { padded } from './rows.ts';

/** The published figures are as of this day. */
const CONNECTED_2022: Day = '2022-11-02';

export const ciie5: DemoEvent = {
  code: 'ciie-5',
  name: '第五届中国国际进口博览会',
  nameEn: '5th China International Import Expo',
  series: 'ciie',
  edition: 2022,
  hostCity: '上海',
  startsOn: '2022-11-05',
  endsOn: '2022-11-10',
  note: '举办日期非取自本演示所引报道。\nIts days are not from the reports that this demo cites.',
};

const CONTACT_NOTE = '演示数据，由程序生成，并非真实对接。Generated demo data; not a real contact.';
const DELEGATION_NOTE = [
  '公开报道的内容：截至2022年11月2日，10个国家级园区派出小分队参加第五届进博会。未公布的内容：是哪些园区、何时派出；此处的园区和日期为演示编造。',
  'As reported: by 2 November 2022, ten national-level zones had sent small teams to the 5th China International Import Expo. Not published: which zones, and on which days; the zone and the day are made up here.',
].join('\n');

/** More than 30 three top-500 multinationals, more than 50 senior guests: what exceeds the bounds is made up. */
const SENIOR_GUESTS = 53;
const ZONES = 10;
/** Investors of the edition that had been met before it, and exhibitors that a delegation met before the expo opened. */
const MET_BEFORE = 12;
const MET_EARLY = 10;
const EARLY_INVESTORS = 5;
const MET_AT_STANDS = 4;

const seniorLevels = [
  ['group_president', 1],
  ['group_vice_president', 3],
  ['china_president', 4],
  ['china_vice_president', 6],
] as const satisfies readonly (readonly [GuestLevel, number])[];

const otherLevels = [
  ['director', 4],
  ['manager', 3],
  [null, 3],
] as const satisfies readonly (readonly [GuestLevel | null, number])[];

const byInvitation = channels.map(({ code }) => code).filter((code) => code !== 'exhibition');

export interface DemoOutreach {
  delegations: DemoDelegation[];
  contacts: DemoContact[];
}

const prefectureOf = (region: string): string => `${region.slice(0, 4)}00`;

/** @param projects all of the demo, of which the edition's investors are met */
export function outreachOf2022(
  projects: readonly DemoProject[],
  enterprises: readonly DemoEnterprise[],
): DemoOutreach {
  const random = randomFrom(20_221_102);
  const unranked = new Set(enterprises.filter(({ rankings }) => rankings.length === 0).map(({ key }) => key));
  const signed = projects.filter(({ event }) => event === hyrd2022.code);
  const projectOf = new Map<string, DemoProject>();
  for (const project of signed) {
    const [lead] = project.investors;
    if (lead !== undefined && !projectOf.has(lead)) projectOf.set(lead, project);
  }
  const investors = [...projectOf.keys()].filter((key) => unranked.has(key));
  const onTheLastDay = investors.filter((key) => projectOf.get(key)?.signedOn === '2022-11-04');
  const early = onTheLastDay.slice(0, EARLY_INVESTORS);
  const before = investors.filter((key) => !early.includes(key)).slice(0, MET_BEFORE);
  const strangers = [...unranked].filter((key) => !projectOf.has(key));

  const delegations = zoneRows
    .filter(({ code, level }) => level === 'national' && !code.endsWith('-cbz'))
    .slice(0, ZONES)
    .map(({ code, region }): DemoDelegation & { region: string } => ({
      key: `ciie-5 ${code}`,
      event: ciie5.code,
      forEvent: hyrd2022.code,
      zone: code,
      sentOn: CONNECTED_2022,
      note: DELEGATION_NOTE,
      region: prefectureOf(region),
    }));

  const contacts: Omit<DemoContact, 'code'>[] = [];
  const meet = (enterprise: string, given: Partial<DemoContact> & { contactedOn: Day }): void => {
    contacts.push({
      enterprise,
      event: hyrd2022.code,
      delegation: null,
      region: null,
      channel: random.pick(byInvitation),
      guestLevel: null,
      negotiatingOn: null,
      signedOn: null,
      lostOn: null,
      project: null,
      note: CONTACT_NOTE,
      ...given,
    });
  };
  const local = () => prefectureOf(placeOf(random).region);
  const beforeTheDay = () => dayIn(random, '2022-08-15', CONNECTED_2022);

  for (let i = 0; i < SENIOR_GUESTS; i++) {
    const enterprise = multinationals[i % multinationals.length] as string;
    const contactedOn = beforeTheDay();
    const project = i < multinationals.length ? projectOf.get(enterprise) : undefined;
    meet(enterprise, {
      region: local(),
      guestLevel: random.weighted(seniorLevels),
      contactedOn,
      ...(project ? signing(random, contactedOn, project) : talks(random, contactedOn)),
    });
  }
  for (const enterprise of before) {
    const contactedOn = dayIn(random, '2022-08-01', '2022-10-31');
    meet(enterprise, {
      region: local(),
      guestLevel: random.weighted(otherLevels),
      contactedOn,
      ...signing(random, contactedOn, projectOf.get(enterprise) as DemoProject),
    });
  }
  const stranger = () => random.pick(strangers);
  for (let i = 0; i < MET_EARLY; i++) {
    const { key, region } = delegations[i % delegations.length] as (typeof delegations)[number];
    const investor = early[i];
    const contactedOn = '2022-11-03';
    meet(investor ?? stranger(), {
      ...atItsStand(key, region),
      guestLevel: random.weighted(otherLevels),
      contactedOn,
      ...(investor ? signing(random, contactedOn, projectOf.get(investor) as DemoProject) : {}),
    });
  }
  for (const { key, region } of delegations) {
    for (let i = 0; i < MET_AT_STANDS; i++) {
      const contactedOn = dayIn(random, ciie5.startsOn, ciie5.endsOn);
      meet(random.chance(0.15) ? random.pick(multinationals) : stranger(), {
        ...atItsStand(key, region),
        guestLevel: random.weighted(otherLevels),
        contactedOn,
        ...talks(random, contactedOn),
      });
    }
  }
  return {
    delegations: delegations.map(({ region: _, ...delegation }) => delegation),
    contacts: contacts.map((contact, i) => ({ code: `HYRD-2022-C${padded(i + 1, 3)}`, ...contact })),
  };
}

const atItsStand = (delegation: string, region: string): Partial<DemoContact> => ({
  event: ciie5.code,
  delegation,
  region,
  channel: 'exhibition',
});

function signing(random: Random, contactedOn: Day, { code, signedOn }: DemoProject): Partial<DemoContact> {
  return { negotiatingOn: dayIn(random, contactedOn, signedOn), signedOn, project: code };
}

/** What becomes of most: talks, or nothing. */
function talks(random: Random, contactedOn: Day): Partial<DemoContact> {
  if (random.chance(0.55)) return {};
  const negotiatingOn = addDays(contactedOn, random.small(1, 120));
  return random.chance(0.4)
    ? { negotiatingOn, lostOn: addDays(negotiatingOn, random.whole(30, 300)) }
    : { negotiatingOn };
}
