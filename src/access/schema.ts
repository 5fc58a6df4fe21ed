/** API schemas of keys. */
import * as z from 'zod';
import { instant, line, regionCode } from '../http/fields.ts';
import { readsAsKey } from './key-format.ts';

/** The roles of a key, each including the rights of the previous one. */
export const ROLES = ['viewer', 'editor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export const NewApiKey = z
  .strictObject({
    name: line(100)
      .refine((name) => !readsAsKey(name), { error: 'reads_as_a_key' })
      .meta({ description: 'Who or what uses the key; shown in the change log before the id.' }),
    role: z.enum(ROLES).meta({
      description:
        '`viewer` reads; `editor` also writes projects, their funds, and enterprises; `admin` does everything.',
    }),
    regions: z
      .array(regionCode)
      .min(1)
      .max(200)
      .refine((codes) => new Set(codes).size === codes.length, { error: 'duplicate' })
      .nullable()
      .optional()
      .meta({
        description:
          'For an editor: the regions whose projects and contacts it may write, including subordinate regions. All by default.',
      }),
    expiresAt: instant
      .nullable()
      .optional()
      .meta({ description: 'Time from which the key is refused. Never by default.' }),
  })
  .meta({ id: 'NewApiKey', examples: [{ name: '长沙市商务局', role: 'editor', regions: ['430100'] }] });
export type NewApiKey = z.infer<typeof NewApiKey>;

const example = {
  id: '0190a1b2-0000-7000-8000-000000000007',
  name: '长沙市商务局',
  prefix: 'luodi_7gK2mQ',
  role: 'editor',
  regions: ['430100'],
  createdAt: '2026-01-05T01:00:00.000Z',
  expiresAt: null,
  revokedAt: null,
  lastUsedAt: '2026-11-20T02:30:00.000Z',
};

export const StreamToken = z
  .object({
    token: z.string().meta({ description: 'To be sent as the parameter `token`, once.' }),
    expiresAt: z.iso.datetime().meta({ description: 'Time from which the token is refused.' }),
  })
  .meta({
    id: 'StreamToken',
    description: 'Opens one stream of changes.',
    examples: [
      {
        token: 'luodi_st_1w8nV2XxXxXxXxXxXxXxXxXxXxXxXxXxXxXx000000',
        expiresAt: '2026-11-22T04:01:00.000Z',
      },
    ],
  });
export type StreamToken = z.infer<typeof StreamToken>;

export const ApiKey = z
  .object({
    id: z.uuid(),
    name: z.string(),
    prefix: z.string().meta({ description: 'The first characters of the key, to identify it.' }),
    role: z.enum(ROLES),
    regions: z.array(z.string()).nullable(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable(),
    lastUsedAt: z.iso.datetime().nullable().meta({ description: 'Accurate to the minute.' }),
  })
  .meta({
    id: 'ApiKey',
    description: 'An API key without its secret, which is not stored.',
    examples: [example],
  });
export type ApiKey = z.infer<typeof ApiKey>;

export const CreatedApiKey = ApiKey.extend({
  key: z.string().meta({ description: 'The key. It is shown only once; only its hash is stored.' }),
}).meta({
  id: 'CreatedApiKey',
  examples: [{ ...example, lastUsedAt: null, key: 'luodi_7gK2mQxXxXxXxXxXxXxXxXxXxXxXxX000000' }],
});
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;
