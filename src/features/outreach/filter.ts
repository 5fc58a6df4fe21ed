/**
 * Filter parameters of the lists of delegations and contacts besides their fields: accepted values and SQL.
 */
import { eq, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Condition } from '../../catalogues/catalogue.ts';
import { asOfField } from '../../http/as-of.ts';
import { codesOf, day, slug } from '../../http/fields.ts';
import { guestLevels, type Stage, stages } from './stages.ts';

type Days = Readonly<Record<'negotiatingOn' | 'signedOn' | 'lostOn', SQLWrapper>>;

/** Whether something had happened by a day; null if its day is unknown, so negate with `is not true`. */
export const by = (column: SQLWrapper, day: SQLWrapper): SQL => sql`${column} <= ${day}`;

/** Whether a contact had reached or passed a stage by a day: what has signed has also negotiated. */
export const reached: Readonly<Record<Exclude<Stage, 'contacted'>, (days: Days, day: SQLWrapper) => SQL>> = {
  negotiating: ({ negotiatingOn, signedOn }, day) => sql`(${by(negotiatingOn, day)} or ${by(signedOn, day)})`,
  signed: ({ signedOn }, day) => by(signedOn, day),
  lost: ({ lostOn }, day) => by(lostOn, day),
};
const reachable = Object.keys(reached) as [keyof typeof reached, ...(keyof typeof reached)[]];

/** `stageOf` in SQL. */
const stageOn = ({ negotiatingOn, signedOn, lostOn }: Days, day: SQLWrapper): SQL => sql`(case
  when ${by(lostOn, day)} then 'lost'
  when ${by(signedOn, day)} then 'signed'
  when ${by(negotiatingOn, day)} then 'negotiating'
  else 'contacted' end)`;

/** Rank of a level, from the highest; null if there is none. */
const rankOf = (level: SQLWrapper): SQL =>
  sql`(case ${level} ${sql.join(
    guestLevels.map(({ code }, i) => sql.raw(`when '${code}' then ${i}`)),
    sql` `,
  )} end)`;

export const delegationConditions: Readonly<Record<string, Condition>> = {
  outreach: {
    schema: slug.optional().meta({
      description: 'In the outreach of this event: sent to it, or sent for it to another event.',
      example: 'hyrd-2022',
    }),
    means: ({ tables: { delegations } }, event) =>
      sql`(${eq(delegations.event, event)} or ${eq(delegations.forEvent, event)})`,
  },
  asOf: {
    schema: asOfField.meta({ description: 'Sent by this day.', example: '2022-11-02' }),
    means: ({ tables: { delegations } }, day) => by(delegations.sentOn, day),
  },
};

export const contactConditions: Readonly<Record<string, Condition>> = {
  outreach: {
    schema: slug.optional().meta({
      description: 'In the outreach of this event: met at it, or by a delegation sent for it.',
      example: 'hyrd-2022',
    }),
    // Neither engine can use indexes for an "or" over two tables.
    means: ({ tables: { contacts, delegations } }, event) => sql`${contacts.id} in (
      select ${contacts.id} from ${contacts} where ${eq(contacts.event, event)}
      union all
      select ${contacts.id} from ${delegations} join ${contacts} on ${eq(contacts.delegation, delegations.id)}
      where ${eq(delegations.forEvent, event)})`,
  },
  zone: {
    schema: slug.optional().meta({
      description: 'Met by a delegation of this zone.',
      example: 'changsha-etdz',
    }),
    means: ({ tables: { contacts, delegations } }, zone) =>
      sql`${contacts.delegation} in (select ${delegations.id} from ${delegations} where ${eq(delegations.zone, zone)})`,
  },
  contactedFrom: {
    schema: day.optional().meta({ description: 'Met on this day or later.', example: '2022-11-01' }),
    means: ({ tables: { contacts } }, from) => sql`${contacts.contactedOn} >= ${from}`,
  },
  contactedTo: {
    schema: day.optional().meta({ description: 'Met on this day or earlier.', example: '2022-11-08' }),
    means: ({ tables: { contacts } }, to) => by(contacts.contactedOn, to),
  },
  minGuestLevel: {
    schema: z.enum(codesOf(guestLevels)).optional().meta({
      description: 'With a guest of this level or a higher one.',
      example: 'china_vice_president',
    }),
    means: ({ tables: { contacts } }, level) => sql`${rankOf(contacts.guestLevel)} <= ${rankOf(level)}`,
  },
  stage: {
    schema: z.enum(stages).optional().meta({
      description: 'At exactly this stage on `asOf`, by default today.',
      example: 'negotiating',
    }),
    means: ({ tables: { contacts } }, stage, day) => sql`${stageOn(contacts, day)} = ${stage}`,
  },
  reached: {
    schema: z.enum(reachable).optional().meta({
      description:
        'Has reached this stage by `asOf`, by default today: a signed contact has also negotiated; so has one that negotiated and was lost later.',
      example: 'negotiating',
    }),
    means: ({ tables: { contacts } }, stage, day) =>
      sql`(case ${stage} ${sql.join(
        reachable.map((name) => sql`when ${sql.raw(`'${name}'`)} then ${reached[name](contacts, day)}`),
        sql` `,
      )} end)`,
  },
  asOf: {
    schema: asOfField.meta({
      description: 'Met by this day; `stage` is the stage on that day.',
      example: '2022-11-02',
    }),
    means: ({ tables: { contacts } }, day) => by(contacts.contactedOn, day),
  },
};
