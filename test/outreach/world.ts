/** Random delegations and contacts of a few events, and a naive model of an event's outreach. */
import { eq } from 'drizzle-orm';
import fc from 'fast-check';
import { catalogueService } from '../../src/catalogues/service.ts';
import { enterprises } from '../../src/features/enterprises/catalogue.ts';
import { contacts, delegations } from '../../src/features/outreach/schema.ts';
import { projectService } from '../../src/features/projects/service.ts';
import type { Caller } from '../../src/log/service.ts';
import { created, type TestApp, testApp } from '../support/app.ts';
import { day, WORLD_TODAY } from '../support/arbitraries.ts';
import { modelMoney, modelRate } from '../support/model-figures.ts';

type Day = string;

export interface Delegation {
  id: string;
  event: string;
  forEvent: string | null;
  zone: string;
  sentOn: Day;
}

export interface Contact {
  code: string;
  enterprise: number;
  event: string;
  delegation: Delegation | null;
  channel: string;
  guestLevel: string | null;
  contactedOn: Day;
  negotiatingOn: Day | null;
  signedOn: Day | null;
  lostOn: Day | null;
  project: number | null;
}

export interface OutreachWorld {
  /** The years of each enterprise on each list. */
  enterprises: { list: string; year: number }[][];
  projects: { signedOn: Day; investmentYuan: number; archived: boolean }[];
  delegations: Delegation[];
  contacts: Contact[];
}

export const OUTREACH_EVENTS = ['fair-a', 'fair-b', 'fair-c'];
export const LEVELS = [
  'group_president',
  'group_vice_president',
  'china_president',
  'china_vice_president',
  'director',
  'manager',
];
export const CHANNELS = ['invitation', 'exhibition', 'visit', 'referral'];
export const LISTS = ['fortune_global_500', 'china_500', 'china_private_500'];
const ZONES: Record<string, string> = {
  'zone-a': 'national',
  'zone-b': 'provincial',
  'zone-c': 'provincial',
};

const idOf = (kind: number, i: number): string =>
  `00000000-0000-7000-8${kind}00-${String(i).padStart(12, '0')}`;
export const enterpriseId = (i: number): string => idOf(1, i);

const event = fc.constantFrom(...OUTREACH_EVENTS);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 2 });
const later = (a: Day, b: Day): Day => (a > b ? a : b);

const ENTERPRISES = 6;
const PROJECTS = 4;

const delegation: fc.Arbitrary<Omit<Delegation, 'id'>> = fc.record({
  event,
  forEvent: maybe(event),
  zone: fc.constantFrom(...Object.keys(ZONES)),
  sentOn: day,
});

const contactAmong = (sent: readonly Delegation[]): fc.Arbitrary<Omit<Contact, 'code'>> =>
  fc
    .record({
      enterprise: fc.nat(ENTERPRISES - 1),
      event,
      delegation: sent.length === 0 ? fc.constant(null) : maybe(fc.constantFrom(...sent)),
      channel: fc.constantFrom(...CHANNELS),
      guestLevel: maybe(fc.constantFrom(...LEVELS)),
      contactedOn: day,
      negotiatingOn: maybe(day),
      ending: fc.constantFrom('signed', 'signed', 'lost', null),
      endedOn: day,
      project: maybe(fc.nat(PROJECTS - 1)),
    })
    .map(({ ending, endedOn, ...given }) => {
      const contactedOn = later(given.contactedOn, given.delegation?.sentOn ?? '');
      const negotiatingOn = given.negotiatingOn && later(given.negotiatingOn, contactedOn);
      const ended = later(endedOn, negotiatingOn ?? contactedOn);
      return {
        ...given,
        event: given.delegation?.event ?? given.event,
        contactedOn,
        negotiatingOn,
        signedOn: ending === 'signed' ? ended : null,
        // Lost before the planned negotiation: odd but allowed.
        lostOn: ending === 'lost' ? later(endedOn, contactedOn) : null,
        project: ending === 'signed' ? given.project : null,
      };
    });

export const outreachWorld: fc.Arbitrary<OutreachWorld> = fc
  .array(delegation, { maxLength: 6 })
  .map((all) => all.map((one, i) => ({ id: idOf(3, i), ...one })))
  .chain((sent) =>
    fc.record({
      enterprises: fc.array(
        fc.uniqueArray(
          fc.record({ list: fc.constantFrom(...LISTS), year: fc.integer({ min: 2018, max: 2021 }) }),
          { maxLength: 3, selector: ({ list, year }) => `${list} ${year}` },
        ),
        { minLength: ENTERPRISES, maxLength: ENTERPRISES },
      ),
      projects: fc.array(
        fc.record({
          signedOn: day,
          investmentYuan: fc.integer({ min: 1, max: 1_000_000_000_000 }),
          archived: fc.nat(3).map((n) => n === 0),
        }),
        { minLength: PROJECTS, maxLength: PROJECTS },
      ),
      delegations: fc.constant(sent),
      contacts: fc
        .array(contactAmong(sent), { maxLength: 25, size: 'max' })
        .map((all) => all.map((one, i) => ({ ...one, code: `C-${i}` }))),
    }),
  );

/** A service with the reference data of these worlds, on their today. */
export async function outreachApp(): Promise<TestApp> {
  const api = await testApp({ today: WORLD_TODAY });
  for (const code of OUTREACH_EVENTS) {
    const days = { startsOn: '2020-12-28', endsOn: '2021-01-05' };
    await created(api, '/v1/events', { code, name: `展会 ${code}`, ...days });
  }
  for (const [code, level] of Object.entries(ZONES)) {
    await created(api, '/v1/zones', { code, name: `园区 ${code}`, level });
  }
  return api;
}

const caller: Caller = { actor: 'test', requestId: null, regions: null };

/** Replaces the current world. */
export async function replaceOutreach(api: TestApp, world: OutreachWorld): Promise<void> {
  const services = {
    enterprises: catalogueService(api, enterprises),
    delegations: catalogueService(api, delegations),
    contacts: catalogueService(api, contacts),
    projects: projectService(api),
  };
  await api.database.write(async (tx) => {
    const { tables } = tx;
    for (const table of [
      tables.contacts,
      tables.delegations,
      tables.projectInvestors,
      tables.projects,
      tables.rankings,
      tables.enterprises,
    ]) {
      await tx.delete(table);
    }
    for (const [i, rankings] of world.enterprises.entries()) {
      await services.enterprises.insert(tx, caller, {
        id: enterpriseId(i),
        name: `企业 ${i}`,
        rankings: rankings.map((one) => ({ ...one, rank: null })),
      });
    }
    const ids: string[] = [];
    for (const [i, { archived, ...project }] of world.projects.entries()) {
      const input = { ...project, code: `P-${i}`, name: '项目', level: 'provincial' } as const;
      const id = await services.projects.insert(tx, caller, input);
      ids.push(id);
      if (!archived) continue;
      const { projects } = tables;
      await tx.update(projects).set({ archivedAt: api.clock.now() }).where(eq(projects.id, id));
    }
    for (const one of world.delegations) await services.delegations.insert(tx, caller, { ...one });
    for (const { enterprise, delegation, project, ...contact } of world.contacts) {
      await services.contacts.insert(tx, caller, {
        ...contact,
        enterprise: enterpriseId(enterprise),
        delegation: delegation?.id ?? null,
        project: project === null ? null : (ids[project] as string),
      });
    }
  });
}

const distinct = <T>(items: readonly T[]): T[] => [...new Set(items)];
const isBy = (on: Day | null, asOf: Day): boolean => on !== null && on <= asOf;

const reached = {
  negotiating: (c: Contact, asOf: Day) => isBy(c.negotiatingOn, asOf) || isBy(c.signedOn, asOf),
  signed: (c: Contact, asOf: Day) => isBy(c.signedOn, asOf),
  lost: (c: Contact, asOf: Day) => isBy(c.lostOn, asOf),
};

export const inScope = (c: Contact, event: string, asOf: Day): boolean =>
  c.contactedOn <= asOf && (c.event === event || c.delegation?.forEvent === event);

export const sentBy = (world: OutreachWorld, event: string, asOf: Day): Delegation[] =>
  world.delegations.filter((d) => d.sentOn <= asOf && (d.event === event || d.forEvent === event));

/** The response without names and links. */
export function outreachModel(world: OutreachWorld, event: string, asOf: Day) {
  const contacts = world.contacts.filter((c) => inScope(c, event, asOf));
  const sent = sentBy(world, event, asOf);
  const met = distinct(contacts.map(({ enterprise }) => enterprise));
  const of = (enterprise: number) => contacts.filter((c) => c.enterprise === enterprise);
  const hasSigned = (enterprise: number) => of(enterprise).some((c) => reached.signed(c, asOf));

  const listed = (enterprise: number, lists = LISTS) =>
    of(enterprise).some((c) => {
      const year = Number(c.contactedOn.slice(0, 4));
      return (world.enterprises[enterprise] ?? []).some(
        (one) => lists.includes(one.list) && (one.year === year || one.year === year - 1),
      );
    });
  const guests = contacts.flatMap(({ guestLevel }) => guestLevel ?? []);
  const atOrAbove = (level: string) =>
    guests.filter((one) => LEVELS.indexOf(one) <= LEVELS.indexOf(level)).length;
  const zonesOf = (some: readonly Delegation[]) => distinct(some.map(({ zone }) => zone));
  const exhibitors = met.filter((one) => of(one).some(({ channel }) => channel === 'exhibition'));
  const became = distinct(
    contacts.filter((c) => reached.signed(c, asOf)).flatMap(({ project }) => project ?? []),
  )
    .map((i) => world.projects[i] as OutreachWorld['projects'][number])
    .filter(({ signedOn, archived }) => signedOn <= asOf && !archived);

  const counts = (name: keyof typeof reached) => contacts.filter((c) => reached[name](c, asOf)).length;
  const some = (name: 'negotiating' | 'signed') =>
    met.filter((one) => of(one).some((c) => reached[name](c, asOf))).length;

  return {
    contactCount: contacts.length,
    enterprisesConnected: met.length,
    top500Connected: met.filter((one) => listed(one)).length,
    guestCount: guests.length,
    seniorGuestCount: atOrAbove('china_vice_president'),
    delegationCount: sent.length,
    delegationsElsewhereCount: sent.filter((d) => d.event !== event).length,
    zoneCount: zonesOf(sent).length,
    nationalZoneCount: zonesOf(sent).filter((zone) => ZONES[zone] === 'national').length,
    negotiatingCount: counts('negotiating'),
    signedCount: counts('signed'),
    lostCount: counts('lost'),
    negotiatingRate: modelRate(counts('negotiating'), contacts.length),
    signingRate: modelRate(counts('signed'), contacts.length),
    signingRateOfNegotiating: modelRate(counts('signed'), counts('negotiating')),
    negotiatingEnterprises: some('negotiating'),
    signedEnterprises: some('signed'),
    lostEnterprises: met.filter((one) => of(one).every((c) => reached.lost(c, asOf))).length,
    enterpriseNegotiatingRate: modelRate(some('negotiating'), met.length),
    enterpriseSigningRate: modelRate(some('signed'), met.length),
    enterpriseSigningRateOfNegotiating: modelRate(some('signed'), some('negotiating')),
    signedProjectCount: became.length,
    investmentSigned: modelMoney(became.reduce((sum, { investmentYuan }) => sum + investmentYuan, 0)),
    exhibitorsTurnedInvestors: modelRate(exhibitors.filter(hasSigned).length, exhibitors.length),
    guests: LEVELS.map((level) => ({
      level,
      count: guests.filter((one) => one === level).length,
      atOrAbove: atOrAbove(level),
    })),
    top500: LISTS.map((list) => ({
      list,
      enterprises: met.filter((one) => listed(one, [list])).length,
    })),
    channels: CHANNELS.map((channel) => {
      const such = contacts.filter((c) => c.channel === channel);
      return { channel, contacts: such.length, enterprises: distinct(such.map((c) => c.enterprise)).length };
    }),
    zoneLevels: ['national', 'provincial'].map((level) => {
      const such = sent.filter(({ zone }) => ZONES[zone] === level);
      return { level, delegations: such.length, zones: zonesOf(such).length };
    }),
    zones: zonesOf(sent)
      .map((zone) => {
        const own = sent.filter((d) => d.zone === zone);
        const made = contacts.filter((c) => c.delegation?.zone === zone);
        const enterprises = distinct(made.map((c) => c.enterprise));
        return {
          zone,
          level: ZONES[zone],
          delegations: own.length,
          elsewhere: own.filter((d) => d.event !== event).length,
          contacts: made.length,
          enterprises: enterprises.length,
          turnedInvestors: modelRate(enterprises.filter(hasSigned).length, enterprises.length),
        };
      })
      .sort(
        (a, b) =>
          b.turnedInvestors.numerator - a.turnedInvestors.numerator ||
          b.enterprises - a.enterprises ||
          b.delegations - a.delegations ||
          (a.zone < b.zone ? -1 : 1),
      ),
  };
}
