/** The environment, read once into a frozen object. Nothing else reads `process.env`. */
import { isIP } from 'node:net';
import * as z from 'zod';
import { isTimeZone } from './clock.ts';
import { StartupError } from './startup-error.ts';

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max));

/** An address, or a range of them as `10.0.0.0/8`. */
function isAddressRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const longest = isIP(address) === 6 ? 128 : 32;
  return (
    isIP(address) > 0 &&
    more.length === 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest))
  );
}

/** Whether a server's address can be read, and its pool has a size; a `/` or `#` in a password must be escaped. */
function isDatabaseUrl(text: string): boolean {
  if (text.startsWith('file:')) return true;
  const url = URL.parse(text);
  return url !== null && /^[1-9]\d{0,2}$/.test(url.searchParams.get('pool') ?? '10');
}

/** Each variable with its default, what is allowed, and what it is for. the table in docs/configuration.md is checked against this. */
export const variables = {
  PORT: {
    schema: wholeNumber(0, 65_535),
    default: '3000',
    allowed: 'a port, 0–65535 (0 takes any free one)',
    description: 'Port to listen on.',
  },
  HOST: {
    schema: z.string().min(1),
    default: '127.0.0.1',
    allowed: 'an address of this machine',
    description: 'Address to listen on. `0.0.0.0` listens on all; the Docker image sets it.',
  },
  DATABASE_URL: {
    schema: z
      .string()
      .regex(/^(file:.|postgres(ql)?:\/\/.)/)
      .refine(isDatabaseUrl),
    default: 'file:./data/luodi.db',
    allowed: '`file:PATH` or `postgres://USER:PASSWORD@HOST/DATABASE`',
    description:
      'Where the data lives: an embedded SQLite file, or PostgreSQL. `?pool=20` sets the size of the pool.',
  },
  TIME_ZONE: {
    schema: z.string().refine(isTimeZone),
    default: 'Asia/Shanghai',
    allowed: 'an IANA time zone',
    description: 'Decides which day today is.',
  },
  LOG_LEVEL: {
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    default: 'info',
    allowed: 'fatal, error, warn, info, debug, trace or silent',
    description:
      'How much is logged, as JSON lines on standard output. `info` has a line for each request that changes something, fails or is slow; `debug` for every one.',
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
      'Where files that come in lie until they are dealt with, and the reports on their faults for seven days after. Takes up to `IMPORT_QUOTA`, and what the rows of two files take while they are read. Instances that share it take over each other’s imports.',
  },
  IMPORT_QUOTA: {
    schema: wholeNumber(419_430_400, 999_999_999_999),
    default: '4294967296',
    allowed: 'bytes, 419430400–999999999999',
    description:
      'Room for files that come in and the reports on their faults, in all; one key may take a quarter of it. Where it runs out, the oldest imports that have ended go with their reports; where that is not enough, a file is refused.',
  },
  ANSWER_CACHE: {
    schema: wholeNumber(0, 10_000_000_000),
    default: '67108864',
    allowed: 'bytes, 0–10000000000',
    description: 'Memory for statistics answers that are reused until something changes.',
  },
  ANONYMOUS_READ: {
    schema: z.enum(['none', 'statistics', 'all']),
    default: 'none',
    allowed: 'none, statistics or all',
    description:
      'What may be read without a key: nothing, statistics that tell nothing about few projects, or everything but the keys and the imports.',
  },
  ANONYMOUS_MIN_GROUP: {
    schema: wholeNumber(1, 100),
    default: '5',
    allowed: 'projects, 1–100 (1 withholds nothing)',
    description:
      'Where `ANONYMOUS_READ=statistics`: the fewest projects that a figure without a key may tell something about.',
  },
  RATE_LIMIT: {
    schema: wholeNumber(0, 100_000_000),
    default: '60000',
    allowed: 'requests, 0–100000000 (0 sets no limit)',
    description: 'Requests that a key may make in a minute, of each instance.',
  },
  FAILED_KEYS_LIMIT: {
    schema: wholeNumber(0, 100_000_000),
    default: '100',
    allowed: 'attempts, 0–100000000 (0 sets no limit)',
    description:
      'Keys that do not hold which an address may send in a minute, before no other that is new is looked at.',
  },
  OVERLOAD_DELAY: {
    schema: wholeNumber(0, 60_000),
    default: '1000',
    allowed: 'milliseconds, 0–60000 (0 never refuses)',
    description:
      'How far the service may fall behind, on average over a second, before it answers 503 to all but `/livez`.',
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
    allowed: 'origins as `https://example.org`, separated by commas, or `*`',
    description: 'Websites whose pages may call the API from a browser.',
  },
  TRUST_PROXY: {
    schema: z
      .string()
      .transform((list) => list.split(/[\s,]+/).filter(Boolean))
      .refine((list) => list.every(isAddressRange)),
    default: '',
    allowed: 'addresses or CIDR ranges, separated by commas',
    description: 'Proxies whose `X-Forwarded-*` headers are believed.',
  },
} as const;

type Variables = typeof variables;
export type Config = Readonly<{ [Name in keyof Variables]: z.output<Variables[Name]['schema']> }>;

/**
 * Checks the environment as a whole.
 * @throws StartupError naming every variable that is wrong and what it may be
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
