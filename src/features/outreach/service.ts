/** The outreach figures of an event on a day. */

import { existingEntry } from '../../catalogues/service.ts';
import { rate } from '../../core/numbers.ts';
import type { Database, Reader } from '../../database/database.ts';
import { revisionIn } from '../../database/revision.ts';
import type { Computed } from '../../http/answers.ts';
import { rankingListNames, rankingLists } from '../enterprises/rankings.ts';
import { events } from '../events/schema.ts';
import { zoneLevelNames } from '../references/sheet.ts';
import { figuresOf, guestCounts, linksOf, listAddress, type OutreachTally } from './figures.ts';
import { MAX_ZONES, type Outreach } from './outreach-schema.ts';
import * as repository from './repository.ts';
import { channels } from './stages.ts';

export interface OutreachService {
  /** @throws Problem 404 if the event does not exist */
  of(event: string, asOf: string): Promise<Computed & { body: Outreach }>;
}

export function outreachService({ database }: { database: Database }): OutreachService {
  return {
    of: (event, asOf) =>
      database.analyze(async (reader) => {
        const body = await outreachOf(reader, event, asOf);
        return { revision: await revisionIn(reader), body };
      }),
  };
}

/** The tally in the caller's snapshot; all zeros for an unknown event. */
export const outreachTally = async (reader: Reader, event: string, asOf: string): Promise<OutreachTally> =>
  tallyOf(await rowsOf(reader, { event, asOf }));

const rowsOf = async (reader: Reader, question: { event: string; asOf: string }) => ({
  contacts: await repository.tallyContacts(reader, question),
  enterprises: await repository.tallyEnterprises(reader, question),
  levels: await repository.tallyDelegations(reader, question),
  projects: await repository.tallyProjects(reader, question),
});

const total = <Row>(rows: readonly Row[], of: (row: Row) => number): number =>
  rows.reduce((sum, row) => sum + of(row), 0);

function tallyOf({
  contacts,
  enterprises,
  levels,
  projects,
}: Awaited<ReturnType<typeof rowsOf>>): OutreachTally {
  const guests = new Map<string, number>();
  for (const { guestLevel, met } of contacts) {
    if (guestLevel !== null) guests.set(guestLevel, (guests.get(guestLevel) ?? 0) + met);
  }
  return {
    contacts: {
      met: total(contacts, ({ met }) => met),
      negotiating: total(contacts, ({ negotiating }) => negotiating),
      signed: total(contacts, ({ signed }) => signed),
      lost: total(contacts, ({ lost }) => lost),
    },
    enterprises,
    top500: enterprises.top500,
    exhibitors: { met: enterprises.exhibition, signed: enterprises.exhibitorsSigned },
    guests,
    delegations: {
      sent: total(levels, ({ delegations }) => delegations),
      elsewhere: total(levels, ({ elsewhere }) => elsewhere),
    },
    zones: new Map(levels.map(({ level, zones }) => [level, zones])),
    projects,
  };
}

/**
 * The response in the caller's snapshot.
 * @throws Problem 404 if the event does not exist
 */
export async function outreachOf(reader: Reader, code: string, asOf: string): Promise<Outreach> {
  const { name, nameEn } = await existingEntry(reader, events, code);
  const question = { event: code, asOf };
  const rows = await rowsOf(reader, question);
  const { contacts, enterprises, levels } = rows;
  const zones = await repository.tallyZones(reader, question, MAX_ZONES);
  const { seq } = await revisionIn(reader);
  const tally = tallyOf(rows);
  const { guests } = tally;
  return {
    asOf,
    revision: seq,
    event: { code, name: name as string, nameEn: nameEn as string | null },
    ...figuresOf(tally),
    guests: guestCounts(guests).map((row) => ({
      ...row,
      links: {
        contacts: listAddress('contacts', code, asOf, { guestLevel: row.level }),
        atOrAbove: listAddress('contacts', code, asOf, { minGuestLevel: row.level }),
      },
    })),
    top500: rankingLists.map((list) => ({
      list,
      label: rankingListNames[list],
      enterprises: enterprises[list],
    })),
    channels: channels.map(({ code: channel, zh, en }) => ({
      channel,
      label: { zh, en },
      contacts: total(
        contacts.filter((row) => row.channel === channel),
        ({ met }) => met,
      ),
      enterprises: enterprises[channel],
      links: { contacts: listAddress('contacts', code, asOf, { channel }) },
    })),
    zoneLevels: [...zoneLevelNames].map(([level, label]) => {
      const row = levels.find((one) => one.level === level);
      return {
        level,
        label: { zh: label.name, en: label.nameEn ?? label.name },
        delegations: row?.delegations ?? 0,
        zones: row?.zones ?? 0,
      };
    }),
    zones: zones.map(({ zone, name, nameEn, enterprises, turnedInvestors, ...counts }) => ({
      zone: { code: zone, name, nameEn },
      ...counts,
      enterprises,
      turnedInvestors: rate(turnedInvestors, enterprises),
      links: {
        delegations: listAddress('delegations', code, asOf, { zone }),
        contacts: listAddress('contacts', code, asOf, { zone }),
      },
    })),
    links: {
      self: `/v1/events/${code}/outreach?asOf=${asOf}`,
      ...linksOf(code, asOf),
      definitions: '/v1/statistics/definitions',
    },
  } as unknown as Outreach;
}
