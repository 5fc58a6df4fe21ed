/** The environment, read once into a frozen object. Nothing else reads `process.env`. */
import { isIP } from 'node:net';
import * as z from 'zod';
import { isTimeZone } from './clock.ts';
import { serverSettings } from './server-url.ts';
import { StartupError } from './startup-error.ts';

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));

/** Whether a text is an IP address, or a range like `10.0.0.0/8`. */
function isAddressRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const longest = isIP(address) === 6 ? 128 : 32;
  return (
    isIP(address) > 0 &&
    more.length === 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest))
  );
}

const isDatabaseUrl = (text: string): boolean => text.startsWith('file:') || serverSettings(text) !== null;

/**
 * The variables with their default, schema and description. A test compares docs/configuration.md with this
 * table.
 */
export const variables = {
  PORT: {
    schema: wholeNumber(0, 65_535),
    default: '3000',
    allowed: 'a port, 0–65535 (0 picks a free one)',
    description: 'Port to listen on.',
  },
  HOST: {
    schema: z.string().min(1),
    default: '127.0.0.1',
    allowed: 'an address of this machine',
    description: 'Address to listen on. `0.0.0.0` means all addresses; the Docker image sets it.',
  },
  METRICS_PORT: {
    schema: wholeNumber(0, 65_535),
    default: '0',
    allowed: 'a port, 0–65535 (0 opens none)',
    description:
      'Another port of `HOST` that serves `/metrics` without a key. On `PORT`, `/metrics` needs the key of a viewer.',
  },
  DATABASE_URL: {
    schema: z
      .string()
      .regex(/^(file:.|postgres(ql)?:\/\/.)/)
      .refine(isDatabaseUrl),
    default: 'file:./data/luodi.db',
    allowed: '`file:PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`',
    description:
      'Database: an embedded SQLite file, or PostgreSQL, with its settings (docs/operations.md) as parameters: `?pool=20` sets the size of the connection pool.',
  },
  DATABASE_READ_URL: {
    schema: z
      .string()
      .regex(/^(postgres(ql)?:\/\/.|$)/)
      .refine((url) => url === '' || isDatabaseUrl(url)),
    default: '',
    allowed: '`postgres://USER:PASSWORD@HOST/DATABASE`, or empty',
    description:
      'A replica of the database (PostgreSQL), which answers reads of records to clients who have seen nothing that it does not have yet (docs/operations.md).',
  },
  UPGRADE_BACKUP: {
    schema: z.enum(['true', 'false']).transform((text) => text === 'true'),
    default: 'true',
    allowed: 'true or false',
    description:
      'Copy a SQLite database beside itself before a newer version migrates it. `false` upgrades it without a copy.',
  },
  BACKUP_DIR: {
    schema: z.string(),
    default: '',
    allowed: 'a folder; none makes no backups',
    description:
      'Folder in which the service keeps backups: a whole one each day, every entry of the change log after it within a second, and a proof each day that they can be restored. One of several instances does that.',
  },
  BACKUP_KEEP: {
    schema: wholeNumber(1, 10_000),
    default: '3',
    allowed: 'backups, 1–10000',
    description: 'How many of the newest backups are kept, however old they are.',
  },
  BACKUP_KEEP_DAYS: {
    schema: wholeNumber(0, 100_000),
    default: '14',
    allowed: 'days, 0–100000',
    description: 'For how long further backups are kept, with the entries after them.',
  },
  TIME_ZONE: {
    schema: z.string().refine(isTimeZone),
    default: 'Asia/Shanghai',
    allowed: 'an IANA time zone',
    description: 'Time zone that decides which day is today.',
  },
  LOG_LEVEL: {
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    default: 'info',
    allowed: 'fatal, error, warn, info, debug, trace or silent',
    description:
      'Level of the JSON log on standard output. `info` logs each request that changes something, fails or is slow; `debug` logs every request.',
  },
  BODY_LIMIT: {
    schema: wholeNumber(1_024, 104_857_600),
    default: '1048576',
    allowed: 'bytes, 1024–104857600',
    description: 'Largest request body.',
  },
  IMPORT_DIR: {
    schema: z.string().min(1),
    default: './data/imports',
    allowed: 'a folder',
    description:
      'Folder for uploaded files until they are imported, and for their fault reports for seven days. Needs room for `IMPORT_QUOTA` plus the unpacked rows of two files. Instances that share it take over each other’s imports.',
  },
  IMPORT_QUOTA: {
    schema: wholeNumber(419_430_400, 999_999_999_999),
    default: '4294967296',
    allowed: 'bytes, 419430400–999999999999',
    description:
      'Space for all uploaded files and fault reports; one key may use a quarter. When it is full, the oldest finished imports are deleted with their reports; if that is not enough, files are refused.',
  },
  ANSWER_CACHE: {
    schema: wholeNumber(0, 10_000_000_000),
    default: '67108864',
    allowed: 'bytes, 0–10000000000',
    description: 'Memory for the cache of statistics responses, valid until the data changes.',
  },
  ANONYMOUS_READ: {
    schema: z.enum(['none', 'statistics', 'all']),
    default: 'none',
    allowed: 'none, statistics or all',
    description:
      'What may be read without a key: nothing, statistics with small groups suppressed, or everything except keys, webhooks and imports.',
  },
  ANONYMOUS_MIN_GROUP: {
    schema: wholeNumber(1, 100),
    default: '5',
    allowed: 'projects, 1–100 (1 suppresses nothing)',
    description:
      'With `ANONYMOUS_READ=statistics`: the smallest number of projects about which a figure may disclose anything without a key.',
  },
  RATE_LIMIT: {
    schema: wholeNumber(0, 100_000_000),
    default: '60000',
    allowed: 'requests, 0–100000000 (0 sets no limit)',
    description: 'Requests per key and minute, counted by each instance.',
  },
  FAILED_KEYS_LIMIT: {
    schema: wholeNumber(0, 100_000_000),
    default: '100',
    allowed: 'attempts, 0–100000000 (0 sets no limit)',
    description:
      'Invalid keys per address and minute; after that, keys that this instance has not seen before are rejected unchecked.',
  },
  OVERLOAD_DELAY: {
    schema: wholeNumber(0, 60_000),
    default: '1000',
    allowed: 'milliseconds, 0–60000 (0 turns this off)',
    description:
      'Event loop delay, averaged over a second, above which every request except `/livez` gets 503.',
  },
  STOP_DELAY: {
    schema: wholeNumber(0, 60_000),
    default: '0',
    allowed: 'milliseconds, 0–60000',
    description:
      'For how long the service goes on after it was told to stop, while `/readyz` says 503 and connections are not kept: a proxy that checks it each five seconds needs `6000` to send requests elsewhere.',
  },
  WEBHOOK_PRIVATE: {
    schema: z.enum(['true', 'false']).transform((text) => text === 'true'),
    default: 'false',
    allowed: 'true or false',
    description:
      'Let webhooks lead to private addresses: those of an own network, which then any administrator’s key can reach.',
  },
  COMPRESSION: {
    schema: z.enum(['true', 'false']).transform((text) => text === 'true'),
    default: 'true',
    allowed: 'true or false',
    description: 'Compress responses of 1 kB or more, as clients ask. `false` leaves that to a proxy.',
  },
  CORS_ORIGINS: {
    schema: z
      .string()
      .transform((list) => list.split(/[\s,]+/).filter(Boolean))
      .refine((list) =>
        list.every(
          (origin) => origin === '*' || (!origin.includes('*') && URL.parse(origin)?.origin === origin),
        ),
      ),
    default: '',
    allowed: 'origins like `https://example.org`, separated by commas, or `*`',
    description: 'Origins whose pages may call the API from a browser.',
  },
  TRUST_PROXY: {
    schema: z
      .string()
      .transform((list) => list.split(/[\s,]+/).filter(Boolean))
      .refine((list) => list.every(isAddressRange)),
    default: '',
    allowed: 'addresses or CIDR ranges, separated by commas',
    description: 'Proxies whose `X-Forwarded-*` headers are trusted.',
  },
} as const;

type Variables = typeof variables;
export type Config = Readonly<{ [Name in keyof Variables]: z.output<Variables[Name]['schema']> }>;

/** The environment of a child process that works on the same data. */
export const environmentOf = ({ DATABASE_URL, TIME_ZONE }: Pick<Config, 'DATABASE_URL' | 'TIME_ZONE'>) => ({
  ...process.env,
  DATABASE_URL,
  TIME_ZONE,
});

/**
 * Validates the environment.
 * @throws StartupError naming every invalid variable and its allowed values
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const config: Record<string, unknown> = {};
  const faults: string[] = [];
  for (const [name, { schema, allowed, default: otherwise }] of Object.entries(variables)) {
    const given = environment[name];
    const parsed = schema.safeParse(given === undefined || given === '' ? otherwise : given);
    if (parsed.success) config[name] = parsed.data;
    else faults.push(`${name} must be ${allowed}`);
  }
  if (faults.length > 0) throw new StartupError(faults.join('; '));
  return Object.freeze(config) as Config;
}
