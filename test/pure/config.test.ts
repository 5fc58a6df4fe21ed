/** The environment: defaults, allowed values, and messages for invalid ones. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Config, readConfig, variables } from '../../src/core/config.ts';
import { StartupError } from '../../src/core/startup-error.ts';

type Name = keyof typeof variables;

interface Cases {
  default: unknown;
  /** Texts and their parsed values. */
  valid: [string, unknown][];
  invalid: string[];
}

const numbers = (min: number, max: number, otherwise: number): Cases => ({
  default: otherwise,
  valid: [
    [String(min), min],
    [String(max), max],
  ],
  invalid: [
    ...(min > 0 ? [String(min - 1)] : ['-1']),
    String(max + 1),
    '0x10',
    '1e3',
    '12.0',
    '+5',
    ' 4000',
    'many',
    '٣٠٠٠',
  ],
});

const cases: Record<Name, Cases> = {
  PORT: numbers(0, 65_535, 3_000),
  METRICS_PORT: numbers(0, 65_535, 0),
  BACKUP_DIR: {
    default: '',
    valid: [['/var/backups/luodi', '/var/backups/luodi']],
    // Whether it can be written is only known then.
    invalid: [],
  },
  BACKUP_KEEP: numbers(1, 10_000, 3),
  BACKUP_KEEP_DAYS: numbers(0, 100_000, 14),
  HOST: {
    default: '127.0.0.1',
    valid: [
      ['0.0.0.0', '0.0.0.0'],
      ['::', '::'],
    ],
    // Whether the address belongs to the machine is only known when listening.
    invalid: [],
  },
  DATABASE_URL: {
    default: 'file:./data/luodi.db',
    valid: [
      ['file:/var/lib/luodi.db', 'file:/var/lib/luodi.db'],
      ['postgres://u:p@host:5433/db?pool=20', 'postgres://u:p@host:5433/db?pool=20'],
      ['postgresql://host/db', 'postgresql://host/db'],
      ...[
        'postgres://u:p@a:5433,b,[::1]:5434/db?target_session_attrs=read-write&sslmode=verify-full',
        'postgres://host/db?connect_timeout=2&statement_timeout=60000',
      ].map((url): [string, string] => [url, url]),
    ],
    invalid: [
      ...['file:', 'luodi.db', '/var/lib/luodi.db', 'mysql://host/db', 'postgres://', 'postgres:host/db'],
      // A password with unescaped characters, an invalid port, a pool of size 0.
      ...['postgres://u:p/w@host/db', 'postgres://u:p@host:99999/db', 'postgres://host/db?pool=-1'],
      'postgres://host/db?pool=many',
      ...['postgres://a,/db', 'postgres://a,b:99999/db', 'postgres://a/db?target_session_attrs=primary'],
      ...['postgres://a/db?connect_timeout=0', 'postgres://a/db?statement_timeout=-1'],
    ],
  },
  DATABASE_READ_URL: {
    default: '',
    valid: [['postgres://u:p@host:5433/db?pool=20', 'postgres://u:p@host:5433/db?pool=20']],
    invalid: ['file:a.db', 'host/db', 'postgres://host/db?pool=0'],
  },
  WEBHOOK_PRIVATE: {
    default: false,
    valid: [
      ['true', true],
      ['false', false],
    ],
    invalid: ['yes', '1', 'TRUE'],
  },
  COMPRESSION: {
    default: true,
    valid: [
      ['true', true],
      ['false', false],
    ],
    invalid: ['yes', '1', 'TRUE'],
  },
  UPGRADE_BACKUP: {
    default: true,
    valid: [
      ['true', true],
      ['false', false],
    ],
    invalid: ['yes', '1', 'TRUE'],
  },
  TIME_ZONE: {
    default: 'Asia/Shanghai',
    valid: [
      ['UTC', 'UTC'],
      ['Asia/Urumqi', 'Asia/Urumqi'],
    ],
    invalid: ['Mars/Olympus', 'Shanghai', '北京'],
  },
  LOG_LEVEL: {
    default: 'info',
    valid: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'].map((level) => [level, level]),
    invalid: ['INFO', 'verbose', '30'],
  },
  BODY_LIMIT: numbers(1_024, 104_857_600, 1_048_576),
  // Whether the folder is writable is only known at the first upload.
  IMPORT_DIR: {
    default: './data/imports',
    valid: [['/var/lib/luodi/imports', '/var/lib/luodi/imports']],
    invalid: [],
  },
  IMPORT_QUOTA: numbers(419_430_400, 999_999_999_999, 4_294_967_296),
  ANSWER_CACHE: numbers(0, 10_000_000_000, 67_108_864),
  ANONYMOUS_READ: {
    default: 'none',
    valid: [
      ['statistics', 'statistics'],
      ['all', 'all'],
    ],
    invalid: ['yes', 'All', 'some'],
  },
  ANONYMOUS_MIN_GROUP: numbers(1, 100, 5),
  RATE_LIMIT: numbers(0, 100_000_000, 60_000),
  FAILED_KEYS_LIMIT: numbers(0, 100_000_000, 100),
  OVERLOAD_DELAY: numbers(0, 60_000, 1_000),
  STOP_DELAY: numbers(0, 60_000, 0),
  CORS_ORIGINS: {
    default: [],
    valid: [
      ['https://example.org', ['https://example.org']],
      ['https://a.example, http://localhost:8080', ['https://a.example', 'http://localhost:8080']],
      ['*', ['*']],
      [' , ', []],
    ],
    invalid: [
      'example.org',
      'https://example.org/',
      'https://example.org/path',
      'null',
      'https://*.org',
      'https://*.org:x',
    ],
  },
  TRUST_PROXY: {
    default: [],
    valid: [
      ['10.0.0.1', ['10.0.0.1']],
      ['10.0.0.0/8, 192.168.0.0/16', ['10.0.0.0/8', '192.168.0.0/16']],
      ['10.0.0.1 fd00::/8', ['10.0.0.1', 'fd00::/8']],
      [' , ', []],
    ],
    invalid: ['everybody', 'loopback', '2', '999.1.1.1', '10.0.0.0/99', '10.0.0.1, abc'],
  },
};

const names = Object.keys(variables) as Name[];

describe('the configuration', () => {
  it('has a test case for each variable', () => {
    expect(Object.keys(cases).sort()).toEqual([...names].sort());
  });

  it('is complete if variables are missing or empty', () => {
    const defaults = Object.fromEntries(names.map((name) => [name, cases[name].default]));
    expect(readConfig({})).toEqual(defaults);
    expect(readConfig(Object.fromEntries(names.map((name) => [name, ''])))).toEqual(defaults);
  });

  it('is frozen, and ignores other variables', () => {
    const config = readConfig({ PATH: '/bin', SECRET: 'x' });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.keys(config).sort()).toEqual([...names].sort());
  });

  describe.each(names)('%s', (name) => {
    const { valid, invalid } = cases[name];

    it.each(valid)('can be “%s”', (text, value) => {
      expect(readConfig({ [name]: text })[name as keyof Config]).toEqual(value);
    });

    it('cannot be anything else, and the message has its name and allowed values', () => {
      const accepted = invalid.filter((text) => {
        try {
          readConfig({ [name]: text });
          return true;
        } catch (error) {
          expect(error).toBeInstanceOf(StartupError);
          expect((error as Error).message).toBe(`${name} must be ${variables[name].allowed}`);
          return false;
        }
      });
      expect(accepted).toEqual([]);
    });

    it('has a valid default and a description', () => {
      const { default: text, schema, allowed, description } = variables[name];
      expect(schema.safeParse(text).success).toBe(true);
      expect(allowed).not.toBe('');
      expect(description).toMatch(/^[A-Z].*\.$/);
    });
  });

  it('reports every invalid variable, not only the first', () => {
    expect(() => readConfig({ PORT: 'x', TIME_ZONE: 'x', LOG_LEVEL: 'x' })).toThrow(
      /PORT must be .*; TIME_ZONE must be .*; LOG_LEVEL must be /,
    );
  });

  it('never prints a value, which may be secret', () => {
    expect(() => readConfig({ DATABASE_URL: 'mysql://root:hunter2@host/db' })).not.toThrow('hunter2');
    expect(() => readConfig({ DATABASE_URL: 'mysql://root:hunter2@host/db' })).toThrow(StartupError);
  });
});

const text = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const plain = (markdown: string): string => markdown.replaceAll('`', '');

describe('.env.example', () => {
  it('lists exactly the variables, each commented out with its default', () => {
    const assignments = [...text('.env.example').matchAll(/^(#? ?)([A-Z_]+)=(.*)$/gm)];
    expect(assignments.map(([, comment, name, value]) => [comment, name, value])).toEqual(
      names.map((name) => ['#', name, variables[name].default]),
    );
  });

  it('describes each and its allowed values', () => {
    for (const name of names) {
      const { description, allowed, default: otherwise } = variables[name];
      const comments = [description, `Allowed: ${allowed}.`].map((line) => `# ${plain(line)}`).join('\n');
      expect(text('.env.example')).toContain(`${comments}\n#${name}=${otherwise}\n`);
    }
  });
});

describe('the documented table of variables', () => {
  it('has exactly the variables, with their defaults and descriptions', () => {
    const rows = [...text('docs/configuration.md').matchAll(/^\| `([A-Z_]+)` \| (.*?) \| (.*) \|$/gm)];
    expect(rows.map(([, name]) => name)).toEqual(names);
    for (const [, name, otherwise = '', meaning = ''] of rows) {
      const { default: value, description, allowed } = variables[name as Name];
      if (value !== '') expect(plain(otherwise)).toBe(value);
      expect(meaning).toContain(description);
      expect(meaning).toContain(allowed);
    }
  });
});
