/** The change log in the API. */
import * as z from 'zod';
import { nouns } from '../core/entities.ts';

/** Actions on a resource. */
export const ACTIONS = ['create', 'change', 'archive', 'restore', 'delete', 'add_funds', 'revoke'] as const;

const fields = z
  .record(z.string(), z.object({ before: z.unknown().optional(), after: z.unknown().optional() }))
  .meta({
    description:
      'Each changed field with its value before and after. New resources have only `after`, deleted ones only `before`, in both cases without empty fields.',
  });

export const Change = z
  .object({
    seq: z.int().meta({ description: 'Position in the log: from 1, without gaps, in commit order.' }),
    entity: z.enum(Object.keys(nouns) as (keyof typeof nouns)[]),
    entityId: z.string().meta({ description: 'Id or code of the changed resource.' }),
    action: z.enum(ACTIONS),
    actor: z.string().meta({
      description:
        'Who made the change: the name of a key followed by its id in parentheses, or a command such as `luodi import`. Entries of earlier versions have the first characters of the key instead of the id.',
    }),
    requestId: z.string().nullable().meta({ description: 'Id of the HTTP request; null for a command.' }),
    at: z.iso.datetime(),
    fields,
    previousHash: z
      .string()
      .meta({ description: 'The `hash` of the previous entry; 64 zeros for the first.' }),
    hash: z.string().meta({
      description:
        'SHA-256, in hexadecimal, over the canonical JSON (RFC 8785) of this entry without `hash`. Entries about keys are shown without `fields` except to admins, so only admins can verify them.',
    }),
  })
  .meta({
    id: 'Change',
    description: 'An entry in the change log.',
    examples: [
      {
        seq: 1207,
        entity: 'projects',
        entityId: '0190a1b2-0000-7000-8000-000000000001',
        action: 'change',
        actor: '长沙市商务局 (0190a1b2-0000-7000-8000-000000000007)',
        requestId: '3f2a9c1e-000042',
        at: '2021-04-01T02:30:00.000Z',
        fields: { startedOn: { before: null, after: '2020-09-15' } },
        previousHash: '5b0c1f5d0f6f8c35f1d8a3c7b8b6a4c1d9f40a6d2e7b1c8f9a0e3d5c7b9a1f2e',
        hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      },
    ],
  });

/** The end of the log. */
export const Head = z.object({ seq: z.int(), hash: z.string() }).meta({
  id: 'ChangesHead',
  description: 'Number and hash of the last entry; 0 and 64 zeros if there is none.',
  examples: [{ seq: 1207, hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' }],
});
