/** API schemas of delegations and contacts. */
import * as z from 'zod';
import type { Catalogue } from '../../catalogues/catalogue.ts';
import { inputSchemas } from '../../catalogues/input-schemas.ts';
import { notAfterToday } from '../../catalogues/rules.ts';
import { code, codesOf, day, paragraph, regionCode, slug, uuid } from '../../http/fields.ts';
import type { Fault } from '../../http/problems.ts';
import { withEnterpriseNames } from '../enterprises/service.ts';
import { expectOwnRegion } from '../references/own-region.ts';
import { contactsInSheet } from './exporting.ts';
import { contactConditions, delegationConditions } from './filter.ts';
import { contactsOfDelegation, findDelegation, type SentDelegation } from './repository.ts';
import { contactSheet } from './sheet.ts';
import { type ContactDays, channels, guestLevels, stageOf, stages } from './stages.ts';

const delegationFields = {
  event: slug.meta({ description: 'The event to which the delegation was sent.', examples: ['ciie-5'] }),
  forEvent: slug.nullable().meta({
    description: 'The edition for which it was sent, if that is another event; it counts for both.',
    examples: ['hyrd-2022'],
  }),
  zone: slug.meta({ description: 'The zone that sent the delegation.', examples: ['changsha-etdz'] }),
  sentOn: day.meta({ description: 'First day on which it counts.', examples: ['2022-11-02'] }),
  note: paragraph(2_000).nullable(),
};

const delegationExample = {
  event: 'ciie-5',
  forEvent: 'hyrd-2022',
  zone: 'changsha-etdz',
  sentOn: '2022-11-02',
  note: null,
};

export const Delegation = z.object({ id: z.uuid(), ...delegationFields }).meta({
  id: 'Delegation',
  description: 'A small team that a zone sends to an event, possibly another organizer’s.',
  examples: [{ id: '0190a1b2-0000-7000-8000-000000000011', ...delegationExample }],
});

export const delegations: Catalogue = {
  entity: 'delegations',
  key: 'id',
  item: Delegation,
  ...inputSchemas('Delegation', delegationFields, ['event', 'zone', 'sentOn'], delegationExample, 'sentOn'),
  columns: ['id', ...Object.keys(delegationFields)],
  references: { event: 'events', forEvent: 'events', zone: 'zones' },
  referencedBy: [{ by: 'contacts', table: 'contacts', column: 'delegation' }],
  sortedBy: ['sentOn'],
  filters: {
    event: slug.optional().meta({ description: 'Sent to this event.', example: 'ciie-5' }),
    forEvent: slug.optional().meta({ description: 'Sent for this edition.', example: 'hyrd-2022' }),
    zone: slug.optional().meta({ description: 'Sent by this zone.', example: 'changsha-etdz' }),
  },
  conditions: delegationConditions,
  rules: (entry, today) => notAfterToday(entry, today, ['sentOn']),
  rulesAmong: async (reader, { id, event, sentOn }) => {
    const made = await contactsOfDelegation(reader, id as string);
    const faults: Fault[] = [];
    if (made.event !== null && made.event !== event) {
      const { count, event: at } = made;
      faults.push({ pointer: '/event', code: 'contacts_at_the_event', values: { count, event: at } });
    }
    if (made.first !== null && made.first < (sentOn as string)) {
      faults.push({ pointer: '/sentOn', code: 'after_its_contacts', values: { day: made.first } });
    }
    return faults;
  },
};

const contactFields = {
  code: code.nullable().meta({
    description: 'The department’s own number; unique. Imports match rows by it.',
    examples: ['C-2022-001'],
  }),
  enterprise: uuid.meta({
    description: 'Id of the enterprise.',
    examples: ['0190a1b2-0000-7000-8000-000000000001'],
  }),
  event: slug.meta({
    description: 'The event at which, or for which, the enterprise was met.',
    examples: ['hyrd-2022'],
  }),
  delegation: uuid.nullable().meta({
    description: 'Id of the delegation that met the enterprise; the event must be that of the delegation.',
    examples: ['0190a1b2-0000-7000-8000-000000000011'],
  }),
  region: regionCode.nullable().meta({ description: 'The region whose department follows up.' }),
  channel: z.enum(codesOf(channels)).meta({ description: 'How the enterprise was met.' }),
  guestLevel: z.enum(codesOf(guestLevels)).nullable().meta({
    description: 'Level of the guest, if any. Nothing else about a person is recorded.',
  }),
  contactedOn: day.meta({
    description: 'Day of the first meeting; not before the delegation was sent, nor after today.',
    examples: ['2022-11-01'],
  }),
  negotiatingOn: day.nullable().meta({
    description: 'Day on which negotiations began; null if none have.',
    examples: ['2022-11-02'],
  }),
  signedOn: day.nullable().meta({
    description: 'Day of signing, not before negotiations began; null if not signed.',
    examples: ['2022-11-03'],
  }),
  lostOn: day.nullable().meta({
    description: 'Day on which the contact was given up; null otherwise, and if signed.',
    examples: ['2023-02-28'],
  }),
  project: uuid.nullable().meta({
    description: 'Id of the resulting project; requires signedOn.',
    examples: ['0190a1b2-0000-7000-8000-000000000001'],
  }),
  note: paragraph(2_000).nullable().meta({ description: 'Do not enter names of people.' }),
};

const contactExample = {
  code: 'C-2022-001',
  enterprise: '0190a1b2-0000-7000-8000-000000000001',
  event: 'hyrd-2022',
  delegation: null,
  region: '430100',
  channel: 'invitation',
  guestLevel: 'china_vice_president',
  contactedOn: '2022-11-01',
  negotiatingOn: '2022-11-02',
  signedOn: null,
  lostOn: null,
  project: null,
  note: null,
};

export const Contact = z
  .object({
    id: z.uuid(),
    ...contactFields,
    enterpriseName: z.string(),
    stage: z.enum(stages).meta({
      description: 'Stage reached by today, or by the `asOf` of the list; derived from the dates.',
    }),
  })
  .meta({
    id: 'Contact',
    description: 'An enterprise that was met, the stage reached, and the result.',
    examples: [
      {
        id: '0190a1b2-0000-7000-8000-000000000012',
        ...contactExample,
        enterpriseName: '示例企业 001',
        stage: 'negotiating',
      },
    ],
  });

const contactRules: readonly { field: string; code: Fault['code']; broken(contact: ContactDays): boolean }[] =
  [
    ...(['negotiatingOn', 'signedOn', 'lostOn'] as const).map((field) => ({
      field,
      code: 'before_contact' as const,
      broken: (contact: ContactDays) => isBefore(contact[field], contact.contactedOn),
    })),
    {
      field: 'signedOn',
      code: 'signing_before_negotiation',
      broken: ({ signedOn, negotiatingOn }) => isBefore(signedOn, negotiatingOn),
    },
    { field: 'lostOn', code: 'signed_and_lost', broken: ({ lostOn, signedOn }) => !!lostOn && !!signedOn },
  ];

/** The faults of a contact that contradict its delegation. */
export function delegationFaults(sent: SentDelegation, event: unknown, contactedOn: unknown): Fault[] {
  const faults: Fault[] = [];
  if (event !== sent.event) {
    faults.push({ pointer: '/event', code: 'not_the_delegations_event', values: { event: sent.event } });
  }
  if (typeof contactedOn === 'string' && contactedOn < sent.sentOn) {
    faults.push({ pointer: '/contactedOn', code: 'before_delegation', values: { day: sent.sentOn } });
  }
  return faults;
}

const isBefore = (day: string | null | undefined, other: string | null | undefined): boolean =>
  typeof day === 'string' && typeof other === 'string' && day < other;

export const contacts: Catalogue = {
  entity: 'contacts',
  sheet: contactSheet,
  inSheet: contactsInSheet,
  key: 'id',
  item: Contact,
  ...inputSchemas(
    'Contact',
    contactFields,
    ['enterprise', 'event', 'channel', 'contactedOn'],
    contactExample,
    'negotiatingOn',
  ),
  columns: ['id', ...Object.keys(contactFields)],
  references: {
    enterprise: 'enterprises',
    event: 'events',
    delegation: 'delegations',
    region: 'regions',
    project: 'projects',
  },
  referencedBy: [],
  sortedBy: ['contactedOn'],
  filters: {
    code: code.optional().meta({ description: 'With this code.', example: 'C-2022-001' }),
    event: slug.optional().meta({ description: 'Met at this event.', example: 'hyrd-2022' }),
    enterprise: uuid.optional().meta({
      description: 'With this enterprise.',
      example: '0190a1b2-0000-7000-8000-000000000001',
    }),
    delegation: uuid.optional().meta({
      description: 'Met by this delegation.',
      example: '0190a1b2-0000-7000-8000-000000000011',
    }),
    region: regionCode
      .optional()
      .meta({ description: 'Followed up by exactly this region.', example: '430100' }),
    channel: contactFields.channel
      .optional()
      .meta({ description: 'Met through this channel.', example: 'exhibition' }),
    guestLevel: contactFields.guestLevel
      .unwrap()
      .optional()
      .meta({ description: 'With a guest of exactly this level.', example: 'china_president' }),
  },
  unique: 'code',
  editors: true,
  expectMayWrite: (reader, caller, { region }) => expectOwnRegion(reader, caller, region as string | null),
  rules: (entry, today) => [
    ...contactRules
      .filter(({ broken }) => broken(entry as unknown as ContactDays))
      .map(({ field, code }) => ({ pointer: `/${field}`, code })),
    ...(typeof entry.project === 'string' && entry.signedOn === null
      ? [{ pointer: '/project', code: 'project_without_signing' as const }]
      : []),
    ...notAfterToday(entry, today, ['contactedOn', 'negotiatingOn', 'signedOn', 'lostOn']),
  ],
  conditions: contactConditions,
  rulesAmong: async (reader, { delegation, event, contactedOn }) => {
    const sent = typeof delegation === 'string' ? await findDelegation(reader, delegation) : undefined;
    return sent ? delegationFaults(sent, event, contactedOn) : [];
  },
  lookUp: withEnterpriseNames,
  present: (entry, today) => ({ ...entry, stage: stageOf(entry as unknown as ContactDays, today) }),
};
