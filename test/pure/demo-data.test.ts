/** The rows of the demo alone, added up in plain TypeScript. */
import { describe, expect, it } from 'vitest';
import {
  clusters as clusterCatalogue,
  clusterMembers as memberCatalogue,
} from '../../src/features/clusters/catalogue.ts';
import members from '../../src/features/demo/data/cluster-members.json' with { type: 'json' };
import clusters from '../../src/features/demo/data/clusters.json' with { type: 'json' };
import contactRows from '../../src/features/demo/data/contacts.json' with { type: 'json' };
import delegations from '../../src/features/demo/data/delegations.json' with { type: 'json' };
import enterpriseRows from '../../src/features/demo/data/enterprises.json' with { type: 'json' };
import events from '../../src/features/demo/data/events.json' with { type: 'json' };
import fundsRows from '../../src/features/demo/data/funds.json' with { type: 'json' };
import projectRows from '../../src/features/demo/data/projects.json' with { type: 'json' };
import figures from '../../src/features/demo/data/published-figures.json' with { type: 'json' };
import { enterprises as enterpriseCatalogue } from '../../src/features/enterprises/catalogue.ts';
import { events as eventCatalogue } from '../../src/features/events/schema.ts';
import {
  contacts as contactCatalogue,
  delegations as delegationCatalogue,
} from '../../src/features/outreach/schema.ts';
import {
  counts,
  type LifecycleFlag,
  lifecycleFaults,
  lifecycleFlags,
  operatingStatus,
  operatingStatuses,
} from '../../src/features/projects/lifecycle.ts';
import { complete, type Input } from '../../src/features/projects/record.ts';
import { NewFundsEntry, NewProject } from '../../src/features/projects/schema.ts';
import { NewPublishedFigure } from '../../src/features/published/schema.ts';
import industries from '../../src/features/references/data/industries.json' with { type: 'json' };
import regions from '../../src/features/references/data/regions.json' with { type: 'json' };
import zones from '../../src/features/references/data/zones.json' with { type: 'json' };

const TODAY = '2026-11-22';
/** The last recorded day. */
const LAST_DAY = '2026-06-30';
const SAMPLE_NOTE = '演示数据，由程序生成，并非真实项目。Generated demo data; not a real project.';
/** In place of the id of a name. */
const ID = '0190a1b2-0000-7000-8000-000000000001';
const NAMED = ['瑶华半导体', '东佳电子高科技创新产业园'];
const NAMED_ENTERPRISES = ['东佳（郴州）电子有限公司', '东莞众用电子有限公司', '深圳稳泰自动化科技有限公司'];

type DemoProject = Input & { investors: string[]; funds: NewFundsEntry[] };

interface DemoEnterprise {
  name: string;
  nameEn?: string;
  socialCreditCode?: string;
  country?: string;
  rankings?: { year: number }[];
}

interface DemoContact {
  enterprise: string;
  guestLevel?: string;
  contactedOn: string;
  signedOn?: string;
  project?: string;
  note: string;
}

const ledgers = Map.groupBy(fundsRows, ({ project }) => project);
const projects = projectRows.map(({ investors = [], ...row }): DemoProject => {
  const funds = (ledgers.get(row.code) ?? []).map(({ project: _, ...entry }) => NewFundsEntry.parse(entry));
  return { ...complete(NewProject.parse(row)), investors, funds };
});
const enterprises: readonly DemoEnterprise[] = enterpriseRows;
const contacts: readonly DemoContact[] = contactRows;

const edition = (code: string): DemoProject[] => projects.filter(({ event }) => event === code);
const hyrd2020 = edition('hyrd-2020');
const hyrd2022 = edition('hyrd-2022');

const investment = (rows: readonly DemoProject[]): number =>
  rows.reduce((sum, { investmentYuan }) => sum + investmentYuan, 0);
const countOf = (rows: readonly DemoProject[], flag: LifecycleFlag, day: string): number =>
  rows.filter((project) => counts(flag, project, day)).length;
const fundsBy = (rows: readonly DemoProject[], day: string): number =>
  rows
    .flatMap(({ funds }) => funds)
    .filter(({ receivedOn }) => receivedOn <= day)
    .reduce((sum, { amountYuan }) => sum + amountYuan, 0);
const duplicates = (values: readonly string[]): string[] =>
  values.filter((value, i) => values.indexOf(value) !== i);
const named = (name: string): DemoProject => projects.find((project) => project.name === name) as DemoProject;

const sections = new Map(industries.map(({ code, parent }) => [code, parent ?? code]));
const enterprisesByName = new Map(enterprises.map((enterprise) => [enterprise.name, enterprise]));
const isTop500 = ({ investors, signedOn }: DemoProject): boolean => {
  const year = Number(signedOn.slice(0, 4));
  return investors.some((name) =>
    enterprisesByName
      .get(name)
      ?.rankings?.some((ranking) => ranking.year === year || ranking.year === year - 1),
  );
};

describe('the 2020 edition adds up to what was published', () => {
  it('as of 31 August 2022', () => {
    expect(hyrd2020).toHaveLength(319);
    expect(hyrd2020.every(({ signedOn }) => signedOn === '2020-06-29')).toBe(true);
    expect(investment(hyrd2020)).toBe(297_880_000_000);
    expect(countOf(hyrd2020, 'started', '2022-08-31')).toBe(266);
    expect(fundsBy(hyrd2020, '2022-08-31')).toBe(136_550_000_000);
    expect(countOf(hyrd2020, 'registered', '2022-08-31')).toBe(303);
  });

  it('in contracted funds', () => {
    expect(hyrd2020.reduce((sum, { contractedFundsYuan }) => sum + (contractedFundsYuan ?? 0), 0)).toBe(
      267_300_000_000,
    );
  });
});

describe('the 2022 edition adds up to what was published as of 4 November 2022', () => {
  const figures: [string, (project: DemoProject) => boolean, number, number?][] = [
    ['all', ({ signedOn }) => signedOn >= '2022-11-03' && signedOn <= '2022-11-04', 88, 93_588_000_000],
    ['at least 1 billion', ({ investmentYuan }) => investmentYuan >= 1_000_000_000, 32, 73_910_000_000],
    ['more than 5 billion', ({ investmentYuan }) => investmentYuan > 5_000_000_000, 3],
    ['more than 10 billion', ({ investmentYuan }) => investmentYuan > 10_000_000_000, 2],
    ['by three top-500', isTop500, 14, 30_860_000_000],
    ['manufacturing', ({ industry }) => sections.get(industry ?? '') === 'C', 65, 63_828_000_000],
  ];
  it.each(figures)('%s', (_, selects, count, yuan) => {
    const selected = hyrd2022.filter(selects);
    expect(selected).toHaveLength(count);
    if (yuan !== undefined) expect(investment(selected)).toBe(yuan);
  });
});

describe('the outreach of the 2022 edition adds up to what was published as of 2 November 2022', () => {
  const met = contacts.filter(({ contactedOn }) => contactedOn <= '2022-11-02');

  it('in three top-500 multinationals', () => {
    const known = [...new Set(met.map(({ enterprise }) => enterprisesByName.get(enterprise)))];
    const listed = known.filter((one) => one?.rankings?.some(({ year }) => year === 2021 || year === 2022));
    expect(listed.length).toBeGreaterThan(30);
    expect(listed.filter((one) => one?.country === 'CN')).toEqual([]);
  });

  it('in guests at the level of China-region vice president or above', () => {
    const junior = ['director', 'manager'];
    expect(met.filter(({ guestLevel }) => guestLevel && !junior.includes(guestLevel)).length).toBeGreaterThan(
      50,
    );
  });

  it('in national-level zones that sent small teams to the expo', () => {
    const sent = delegations.filter(({ sentOn }) => sentOn <= '2022-11-02');
    expect(sent).toHaveLength(10);
    expect(new Set(sent.map(({ zone }) => zone)).size).toBe(10);
    for (const { zone, event, forEvent, note } of delegations) {
      expect(zones.find(({ code }) => code === zone)?.level).toBe('national');
      expect([event, forEvent]).toEqual(['ciie-5', 'hyrd-2022']);
      expect(note).toMatch(/未公布.*\n.*Not published/);
    }
  });

  it('and continues with signings of the resulting projects, and no others', () => {
    const signings = contacts.filter(({ signedOn }) => signedOn !== undefined);
    expect(signings.length).toBeGreaterThan(10);
    for (const { project, signedOn, enterprise } of signings) {
      const became = projects.find(({ code }) => code === project);
      expect(became).toMatchObject({ event: 'hyrd-2022', signedOn });
      expect(became?.investors).toContain(enterprise);
    }
    for (const { note } of contacts) expect(note).toMatch(/并非真实对接.*not a real contact/);
  });
});

describe('the demo data', () => {
  it('is accepted by the API', () => {
    for (const figure of figures) expect(NewPublishedFigure.parse(figure)).toEqual(figure);
    for (const event of events) expect(eventCatalogue.create.parse(event)).toEqual(event);
    for (const enterprise of enterprises) {
      expect(enterpriseCatalogue.create.parse(enterprise)).toEqual(enterprise);
    }
    for (const delegation of delegations) {
      expect(delegationCatalogue.create.parse(delegation)).toEqual(delegation);
    }
    for (const { delegation: _, project: __, ...contact } of contactRows) {
      const given = { ...contact, enterprise: ID };
      expect(contactCatalogue.create.parse(given)).toEqual(given);
    }
    for (const { investors: _, ...project } of projectRows) {
      expect(NewProject.parse(project)).toEqual(project);
    }
    for (const { project: _, ...entry } of fundsRows) expect(NewFundsEntry.parse(entry)).toEqual(entry);
  });

  it('violates no rule of a project', () => {
    for (const project of projects) {
      expect([project.code, lifecycleFaults(project, TODAY)]).toEqual([project.code, []]);
      expect(project.contractedFundsYuan ?? 0).toBeLessThanOrEqual(project.investmentYuan);
      expect(project.investmentYuan % 1_000_000).toBe(0);
    }
    expect(duplicates(projects.map(({ code }) => code))).toEqual([]);
    expect(duplicates(projects.map(({ name }) => name))).toEqual([]);
  });

  it('has ledgers in order, never negative and never above the investment', () => {
    for (const { code, funds, signedOn, investmentYuan } of projects) {
      let balance = 0;
      for (const [i, { receivedOn, amountYuan }] of funds.entries()) {
        balance += amountYuan;
        expect([code, balance >= 0, receivedOn >= signedOn]).toEqual([code, true, true]);
        expect(receivedOn <= LAST_DAY && receivedOn >= (funds[i - 1]?.receivedOn ?? '')).toBe(true);
      }
      expect(balance).toBeLessThanOrEqual(investmentYuan);
    }
    expect(
      projects.flatMap(({ funds }) => funds).filter(({ amountYuan }) => amountYuan < 0).length,
    ).toBeGreaterThan(20);
  });

  it('refers only to regions, zones, industries and enterprises that exist', () => {
    const regionCodes = new Set(regions.map(({ code }) => code));
    for (const { region, zone, industry, investors, event } of projects) {
      if (region) expect(regionCodes).toContain(region);
      if (zone) expect(zones.find(({ code }) => code === zone)?.region).toBe(region);
      if (industry) expect(sections.has(industry)).toBe(true);
      for (const name of investors) expect(enterprisesByName.has(name)).toBe(true);
      expect(events.map(({ code }) => code)).toContain(event);
    }
    const codes = new Set(projects.map(({ code }) => code));
    for (const { project } of fundsRows) expect(codes).toContain(project);
    const prefectures = new Set(projects.flatMap(({ region }) => (region ? [region.slice(0, 4)] : [])));
    expect(prefectures.size).toBe(14);
  });

  it('has no day after the last recorded one', () => {
    const happened = projectRows.map(({ agreedStartOn: _, agreedProductionOn: __, ...row }) => row);
    const rows = [happened, contactRows, delegations, members, events, fundsRows];
    const days = JSON.stringify(rows).match(/(?<=:")\d{4}-\d\d-\d\d(?=")/g) ?? [];
    expect(days.length).toBeGreaterThan(projects.length);
    expect(days.filter((day) => day > LAST_DAY)).toEqual([]);
  });

  it('continues after the published days', () => {
    for (const [rows, day] of [
      [hyrd2020, '2022-08-31'],
      [hyrd2022, '2022-11-04'],
    ] as const) {
      expect(fundsBy(rows, TODAY)).toBeGreaterThan(fundsBy(rows, day));
      for (const flag of ['started', 'completed', 'inProduction', 'terminated'] as const) {
        expect(countOf(rows, flag, TODAY)).toBeGreaterThan(countOf(rows, flag, day));
      }
    }
    const statuses = new Set(projects.map((project) => operatingStatus(project, TODAY)));
    expect(statuses.size).toBe(operatingStatuses.length);
    for (const flag of lifecycleFlags) expect(countOf(projects, flag, TODAY)).toBeGreaterThan(0);
    expect(
      projects.some(
        ({ startedOn, terminatedOn }) => startedOn && terminatedOn && terminatedOn <= '2022-08-31',
      ),
    ).toBe(true);
    expect(projects.some(({ resumedOn }) => resumedOn)).toBe(true);
  });

  it('invents nothing about real names', () => {
    for (const { name, nameEn, note, owner } of projects) {
      if (NAMED.includes(name)) continue;
      expect(name).toMatch(/^示例项目 \d{4}$/);
      expect(nameEn).toMatch(/^Sample project \d{4}$/);
      expect(note).toBe(SAMPLE_NOTE);
      expect(owner ?? '示例单位 00').toMatch(/^示例单位 \d\d$/);
    }
    for (const { name, nameEn, socialCreditCode, rankings } of enterprises) {
      expect(socialCreditCode).toBeUndefined();
      if (NAMED_ENTERPRISES.includes(name)) {
        expect({ nameEn, rankings }).toEqual({});
        continue;
      }
      expect(name).toMatch(/^(示例企业 \d{3}|示例配套企业 \d{2})$/);
      expect(nameEn).toMatch(/^Sample (enterprise \d{3}|cluster enterprise \d{2})$/);
    }
    const names = enterprises.map(({ name }) => name);
    expect(names.filter((name) => NAMED_ENTERPRISES.includes(name)).sort()).toEqual(NAMED_ENTERPRISES.sort());
    expect(duplicates(names)).toEqual([]);
    expect(projects.filter(({ name }) => NAMED.includes(name))).toHaveLength(NAMED.length);
  });

  it('contains what was published about the named projects, and leaves the rest empty', () => {
    expect(named('瑶华半导体')).toMatchObject({
      event: 'hyrd-2020',
      startedOn: '2020-09-30',
      productionOn: '2020-12-31',
      investmentEstimated: true,
      region: null,
      investors: [],
      funds: [],
    });
    expect(named('东佳电子高科技创新产业园')).toMatchObject({
      event: 'hyrd-2020',
      region: '431025',
      investmentYuan: 3_000_000_000,
      investmentEstimated: false,
      investors: ['东佳（郴州）电子有限公司'],
      funds: [],
    });
    for (const name of NAMED) {
      const project = named(name);
      expect(project.note).toMatch(/未公布.*\n.*\n.*Not published/);
      for (const field of [
        'registeredOn',
        'completedOn',
        'suspendedOn',
        'terminatedOn',
        'agreedStartOn',
      ] as const) {
        expect(project[field]).toBeNull();
      }
    }
    expect(named('东佳电子高科技创新产业园').startedOn).toBeNull();
  });
});

describe('the cluster of Linwu', () => {
  const [cluster] = clusters;
  const namedMembers = members.filter(({ enterprise }) => NAMED_ENTERPRISES.includes(enterprise));

  it('is as published: a leader, 8 introduced by the day of the report, 10 more within three years', () => {
    expect(clusters).toHaveLength(1);
    expect(cluster).toMatchObject({
      name: '临武电子电容产业集聚区',
      region: '431025',
      targets: [{ count: 10, from: '2022-11-03', by: '2025-11-03' }],
    });
    expect(cluster?.leader).toBe('东佳（郴州）电子有限公司');
    expect(members).toHaveLength(8);
    expect(members.every((member) => member.cluster === cluster?.name)).toBe(true);
    for (const { enterprise } of members) expect(enterprisesByName.has(enterprise)).toBe(true);
    expect(duplicates(members.map(({ enterprise }) => enterprise))).toEqual([]);
    expect(members.every(({ introducedOn }) => introducedOn < '2022-11-03')).toBe(true);
  });

  it('has two named members and six clearly fictional ones, with notes on what was not published', () => {
    expect(namedMembers).toHaveLength(2);
    for (const { note, introducedOn } of namedMembers) {
      expect(note).toMatch(/未公布.*引进日期.*角色.*编造.*\n.*\n.*Not published.*day.*role.*made up/);
      expect(introducedOn).toBe('2022-11-02');
    }
    for (const { enterprise, note } of members.filter((one) => !namedMembers.includes(one))) {
      expect(enterprise).toMatch(/^示例配套企业 \d\d$/);
      expect(note).toMatch(/并非真实企业.*编造.*\nGenerated.*not a real enterprise.*made up/);
    }
    expect(cluster?.note).toMatch(/未公布.*\n.*\n.*Not published.*does not mean that nobody came/);
  });

  it('is accepted by the API, and has no investments', () => {
    const given = { ...cluster, leader: ID };
    expect(clusterCatalogue.create.parse(given)).toEqual(given);
    for (const { cluster: _, ...member } of members) {
      const given = { ...member, enterprise: ID };
      expect(memberCatalogue.create.parse(given)).toEqual(given);
    }
    const investing = new Set(projects.flatMap(({ investors }) => investors));
    expect(members.filter(({ enterprise }) => investing.has(enterprise))).toEqual([]);
  });
});
