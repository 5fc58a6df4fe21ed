/** API schemas of webhooks. */
import * as z from 'zod';
import { inputSchemas } from '../../catalogues/input-schemas.ts';
import { type Entity, nouns } from '../../core/entities.ts';
import { line, regionCode, slug } from '../../http/fields.ts';
import { ACTIONS } from '../../log/schema.ts';
import { addressFault } from './addresses.ts';

/** What the change log is about. */
export const loggedNames = (Object.keys(nouns) as Entity[]).filter(
  (name) => name !== 'funds' && name !== 'imports',
);

/** What a webhook is, and what an administrator may make of it. */
export const statuses = ['active', 'paused', 'failed', 'gone'] as const;
const settable = ['active', 'paused'] as const;

/** Why an attempt failed. */
export const sendErrors = [
  'unknown_host',
  'private_address',
  'no_connection',
  'certificate',
  'timeout',
  'redirect',
  'status',
] as const;
export type SendError = (typeof sendErrors)[number];

/** Values of which each occurs once; null for all there are. */
const anyOf = <Item extends z.ZodType>(item: Item, most: number, description: string) =>
  z
    .array(item)
    .min(1)
    .max(most)
    .refine((values) => new Set(values).size === values.length, { error: 'duplicate' })
    .nullable()
    .meta({ description });

const fields = {
  name: line(200).meta({ description: 'Who is told.' }),
  url: line(2_000)
    .superRefine((url, context) => {
      const fault = addressFault(url);
      if (fault) context.addIssue({ code: 'custom', message: fault, input: url });
    })
    .meta({
      description:
        'Where messages are posted: `https`, or `http` on this machine (`localhost`, `127.0.0.1`, `[::1]`). Never a private address, unless the service is set up for that (`WEBHOOK_PRIVATE`).',
      format: 'uri',
    }),
  entities: anyOf(
    z.enum(loggedNames as [Entity, ...Entity[]]),
    loggedNames.length,
    'Only entries about these.',
  ),
  actions: anyOf(z.enum(ACTIONS), ACTIONS.length, 'Only these actions.'),
  regions: anyOf(
    regionCode,
    200,
    'Only entries about these regions, including subordinate ones, and projects, contacts, clusters and zones there, before or after the change.',
  ),
  events: anyOf(
    slug,
    200,
    'Only entries about these events, and their projects, contacts, delegations and published figures, before or after the change.',
  ),
};

const status = <Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values).meta({
    description:
      'The service itself makes a webhook `failed` after 24 hours of failures, and `gone` when its receiver answers 410; `active` goes on after the last entry that arrived.',
  });

const example = {
  name: '长沙市数据平台',
  url: 'https://example.org/luodi',
  entities: ['projects'],
  actions: null,
  regions: ['430100'],
  events: null,
  status: 'active',
};

const ID = '0190a1b2-0000-7000-8000-000000000014';

export const Webhook = z
  .object({
    id: z.uuid(),
    ...fields,
    status: status(statuses),
    secretChangedAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'When its secret was last changed; null if it never was.' }),
  })
  .meta({
    id: 'Webhook',
    description: 'A subscriber that is told of changes.',
    examples: [{ id: ID, ...example, secretChangedAt: null }],
  });

export const webhookInputs = inputSchemas(
  'Webhook',
  { ...fields, status: status(settable) },
  ['name', 'url'],
  example,
);

const SECRET = 'whsec_XxXxXxXxXxXxXxXxXxXxXxXxXxXxXxXxXxXxXxXxXx8=';

export const secret = z.string().meta({
  description: 'The secret that messages are signed with. It is shown only once.',
  examples: [SECRET],
});

export const RotatedSecret = z
  .object({
    secret,
    formerUntil: z.iso
      .datetime()
      .meta({ description: 'Until then messages are also signed with the secret before.' }),
  })
  .meta({
    id: 'RotatedSecret',
    examples: [{ secret: SECRET, formerUntil: '2026-11-23T04:00:00.000Z' }],
  });
export type RotatedSecret = z.infer<typeof RotatedSecret>;

const seq = (description: string) => z.int().meta({ description });

export const WebhookProgress = z
  .object({
    cursor: seq('The last entry that it has been told, or that does not concern it.'),
    head: seq('The last entry of the log.'),
    failures: z.int().meta({ description: 'Failures since the last success.' }),
    failingSince: z.iso.datetime().nullable().meta({ description: 'When the first of them was.' }),
    nextAttemptAt: z.iso
      .datetime()
      .nullable()
      .meta({ description: 'When it is tried again; null if nothing failed.' }),
  })
  .meta({
    id: 'WebhookProgress',
    description: 'How far a webhook has been told.',
    examples: [{ cursor: 1200, head: 1207, failures: 0, failingSince: null, nextAttemptAt: null }],
  });
export type WebhookProgress = z.infer<typeof WebhookProgress>;

export const Redelivery = z
  .strictObject({
    after: z
      .int()
      .min(0)
      .meta({ description: 'The `seq` of the entry after which it is told again; 0 for everything.' }),
  })
  .meta({ id: 'Redelivery', examples: [{ after: 0 }] });
export type Redelivery = z.infer<typeof Redelivery>;

export const WebhookDelivery = z
  .object({
    number: z.int().meta({ description: 'Counts the attempts to tell this webhook.' }),
    kind: z.enum(['changes', 'test']),
    message: z.string().meta({ description: '`webhook-id` of the message: the same in each attempt.' }),
    after: seq('The message has the entries after this one …').nullable(),
    upTo: seq('… up to this one that the webhook is to be told; null for a test.').nullable(),
    entries: z.int().meta({ description: 'How many these are.' }),
    at: z.iso.datetime(),
    milliseconds: z.int().meta({ description: 'Time until the answer, or until it was given up.' }),
    status: z.int().nullable().meta({ description: 'Status of the answer; null if there was none.' }),
    answer: z.string().nullable().meta({ description: 'The first 1,000 characters of the answer.' }),
    error: z.enum(sendErrors).nullable().meta({ description: 'Why it failed; null if it arrived.' }),
  })
  .meta({
    id: 'WebhookDelivery',
    description: 'One attempt to tell a webhook.',
    examples: [
      {
        number: 12,
        kind: 'changes',
        message: 'msg_0190a1b2-0000-7000-8000-000000000016',
        after: 1200,
        upTo: 1207,
        entries: 3,
        at: '2026-11-22T04:00:00.000Z',
        milliseconds: 85,
        status: 204,
        answer: '',
        error: null,
      },
    ],
  });
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;
