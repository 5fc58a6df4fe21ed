/** Architecture rules that no compiler checks. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '../support/process.ts';

const read = (path: string): string => readFileSync(join(projectFolder, path), 'utf8');
const json = (path: string) => JSON.parse(read(path));

interface Source {
  /** Relative to `src`. */
  path: string;
  text: string;
  /** Without comments. */
  code: string;
  imports: { from: string; typesOnly: boolean }[];
}

/** Removes comments but keeps strings; a `//` inside a string is recognised by the character before it. */
const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|[\s;{}(),])\/\/.*$/gm, '$1');

function importsIn(code: string): Source['imports'] {
  const statements = code.matchAll(/^\s*(?:import|export)\s+(type\s+)?([^'";]*?from\s+)?'([^']+)'/gm);
  const dynamic = code.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g);
  return [
    ...[...statements].map(([, type, , from = '']) => ({ from, typesOnly: type !== undefined })),
    ...[...dynamic].map(([, from = '']) => ({ from, typesOnly: false })),
  ];
}

const sources: Source[] = readdirSync(join(projectFolder, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path))
  .sort()
  .map((path) => {
    const text = read(`src/${path}`);
    const code = withoutComments(text);
    return { path, text, code, imports: importsIn(code) };
  });

/** The violations found, each as `file: what`. */
const offences = (find: (source: Source) => Iterable<string>): string[] =>
  sources.flatMap((source) => [...find(source)].map((what) => `${source.path}: ${what}`));

const matches = (code: string, pattern: RegExp): string[] => [...code.matchAll(pattern)].map(([all]) => all);

const folderOf = (path: string): string =>
  path
    .split('/')
    .slice(0, path.startsWith('features/') ? 2 : 1)
    .filter((part) => !/\.tsx?$/.test(part))
    .join('/');

/** The file under `src` that a relative import refers to. */
const target = (source: Source, from: string): string =>
  from.startsWith('.') ? join(source.path, '..', from) : '';

/** The page in the browser, which has its own libraries, bundled at build time. */
const PAGE = 'dashboard';

/** The layers and top-level files, from the lowest up: each may only import from those before it. */
const ORDER = [
  ['core'],
  ['database'],
  ['http'],
  ['columns', 'log'],
  ['access', 'jobs', 'sheets'],
  ['catalogues', 'backup'],
  ['features'],
  ['services.ts'],
  ['contributions.ts'],
  ['workers'],
  ['app.ts'],
  ['main.ts'],
  ['commands'],
  ['cli.ts'],
  // The page is a client: it imports nothing of the service, and nothing imports it.
  [PAGE],
];

const roomOf = (path: string): string => path.split('/')[0] as string;
const levelOf = (path: string): number => ORDER.findIndex((rooms) => rooms.includes(roomOf(path)));

/** The nodes that lead back to themselves, directly or indirectly. */
function circlesIn(arrows: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const reached = (from: string): Set<string> => {
    const seen = new Set<string>();
    const open = [...(arrows.get(from) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(arrows.get(next) ?? []));
    }
    return seen;
  };
  return [...arrows.keys()].filter((one) => reached(one).has(one));
}

/** The imports between nodes, where `of` maps a path to a node. */
function importsBy(of: (path: string) => string): Map<string, Set<string>> {
  const arrows = new Map<string, Set<string>>();
  for (const source of sources) {
    const from = of(source.path);
    const to = arrows.get(from) ?? new Set();
    arrows.set(from, to);
    for (const { from: file } of source.imports) {
      const other = target(source, file);
      if (other !== '' && of(other) !== from) to.add(of(other));
    }
  }
  return arrows;
}

const inDatabase = ({ path }: Source): boolean => folderOf(path) === 'database';

describe('the sources', () => {
  it('are found with their imports', () => {
    expect(sources.length).toBeGreaterThan(40);
    const sqlite = sources.find(({ path }) => path === 'database/sqlite-reader.ts');
    expect(sqlite?.imports).toContainEqual({ from: 'better-sqlite3', typesOnly: false });
    expect(sqlite?.imports).toContainEqual({ from: './database.ts', typesOnly: true });
    const seam = sources.find(({ path }) => path === 'database/open.ts');
    expect(seam?.imports).toContainEqual({ from: './postgres.ts', typesOnly: false });
  });

  it('import drivers and engine-specific parts of drizzle only in src/database, including types', () => {
    const drivers = /^(better-sqlite3|pg|@electric-sql\/.*|drizzle-orm\/.+)$/;
    const found = offences((source) =>
      inDatabase(source)
        ? []
        : source.imports.filter(({ from }) => drivers.test(from)).map(({ from }) => from),
    );
    expect(found).toEqual([]);
  });

  it('name an engine only in src/database, and where the operator chooses one', () => {
    const found = offences((source) =>
      inDatabase(source) ||
      /^core\/(config|server-url)\.ts$/.test(source.path) ||
      roomOf(source.path) === 'commands'
        ? []
        : matches(source.code, /.*(sqlite|postgres).*/gi),
    );
    expect(found).toEqual([]);
  });

  it('never use parts of an engine behind the database interface', () => {
    const behindTheSeam = /^database\/(sqlite.*|postgres|columns\..*|migrations|pool)\.ts$/;
    const found = offences((source) =>
      inDatabase(source)
        ? []
        : source.imports.map(({ from }) => target(source, from)).filter((file) => behindTheSeam.test(file)),
    );
    expect(found).toEqual([]);
  });

  it('never import the repository or routes of another feature', () => {
    const found = offences((source) =>
      source.imports
        .map(({ from }) => target(source, from))
        .filter((file) => folderOf(file) !== folderOf(source.path) && /(^|\/)repository\.ts$/.test(file)),
    );
    const routes = offences((source) =>
      source.path === 'app.ts'
        ? []
        : source.imports.map(({ from }) => target(source, from)).filter((file) => file.endsWith('routes.ts')),
    );
    expect([...found, ...routes]).toEqual([]);
  });

  it('import only from lower layers, including types', () => {
    expect(sources.map(({ path }) => path).filter((path) => levelOf(path) === -1)).toEqual([]);
    const found = offences((source) =>
      source.imports
        .map(({ from }) => target(source, from))
        .filter((file) => file !== '' && !file.endsWith('.json') && roomOf(file) !== roomOf(source.path))
        .filter((file) => levelOf(file) >= levelOf(source.path)),
    );
    expect(found).toEqual([]);
  });

  it('of the page import only each other, and the libraries of the page', () => {
    const libraries = /^(preact|preact\/hooks|echarts\/(core|charts|components|renderers))$/;
    const found = offences((source) =>
      roomOf(source.path) === PAGE
        ? source.imports
            .map(({ from }) => from)
            .filter((from) =>
              from.startsWith('.') ? roomOf(target(source, from)) !== PAGE : !libraries.test(from),
            )
        : [],
    );
    expect(found).toEqual([]);
  });

  it('have no import cycles of files or folders, including types', () => {
    expect(
      circlesIn(
        new Map([
          ['a', new Set(['b'])],
          ['b', new Set(['c'])],
          ['c', new Set(['b'])],
        ]),
      ),
    ).toEqual(['b', 'c']);
    expect(circlesIn(importsBy((path) => path))).toEqual([]);
    expect(circlesIn(importsBy((path) => folderOf(path) || path))).toEqual([]);
  });

  it('open transactions in services, never in repositories or routes', () => {
    const found = offences(({ path, code }) =>
      /(repository|routes|schema)\.ts$/.test(path)
        ? [
            ...matches(code, /\.\s*(write|snapshot|analyze)\s*\(/g),
            ...matches(code, /\bimport type \{[^}]*\bDatabase\b[^}]*\}/g),
          ]
        : [],
    );
    expect(found).toEqual([]);
  });

  it('never pass an optional transaction', () => {
    expect(offences(({ code }) => matches(code, /\b(tx|reader|db)\?\s*:/g))).toEqual([]);
  });

  it('read the environment only in config.ts and the commands', () => {
    const found = offences(({ path, code }) =>
      /^(core\/config|cli|commands\/\w+)\.ts$/.test(path) ? [] : matches(code, /process\s*\.\s*env/g),
    );
    expect(found).toEqual([]);
  });

  it('get the time only from the clock', () => {
    const found = offences(({ path, code }) =>
      path === 'core/clock.ts' ? [] : matches(code, /new Date\(\s*\)|\bDate\.now\b|(?<![\w.]|new )Date\(\)/g),
    );
    expect(found).toEqual([]);
  });

  it('have at most 400 lines each', () => {
    const found = offences(({ text }) => {
      const lines = text.split('\n').length - 1;
      return lines > 400 ? [`${lines} lines`] : [];
    });
    expect(found).toEqual([]);
  });

  it('have in a feature’s folder a schema, a repository, a service, routes, and names from the domain', () => {
    const vague = /\/(utils?|helpers?|common|misc|types|index|constants|models?|controllers?|lib)\.ts$/;
    expect(sources.map(({ path }) => path).filter((path) => vague.test(path))).toEqual([]);
  });
});

describe('the packages', () => {
  const manifest = json('package.json');
  const lock = json('package-lock.json');

  it('require Node 22.18 or later, and include the Node version that they were tested with', () => {
    expect(manifest.engines.node).toBe('>=22.18');
    expect(manifest.devDependencies.node).toMatch(/^24\.\d+\.\d+$/);
    expect(lock.packages['node_modules/node'].version).toBe(manifest.devDependencies.node);
  });

  it('pin the database driver exactly: other versions crash on some Node versions', () => {
    expect(manifest.dependencies['better-sqlite3']).toMatch(/^13\.\d+\.\d+$/);
    expect(lock.packages['node_modules/better-sqlite3'].version).toBe(
      manifest.dependencies['better-sqlite3'],
    );
  });

  it('never compile the database driver, which has prebuilt binaries', () => {
    // npm 11 uses allowScripts. npm 10 sees binding.gyp and runs node-gyp, which fails without Python, unless
    // the lockfile prevents it; and npm drops that entry whenever it rewrites the lockfile.
    expect(manifest.allowScripts['better-sqlite3']).toBe(false);
    expect(lock.packages['node_modules/better-sqlite3'].gypfile).toBe(false);
  });

  it('declare for every install script whether it may run', () => {
    const scripted = Object.entries<{ hasInstallScript?: boolean; optional?: boolean }>(lock.packages)
      .filter(([, { hasInstallScript, optional }]) => hasInstallScript && !optional)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(Object.keys(manifest.allowScripts)).toEqual(expect.arrayContaining(scripted));
  });

  it('are no development dependencies if the service needs them', () => {
    const own = new Set(Object.keys(manifest.dependencies));
    const found = offences((source) =>
      (roomOf(source.path) === PAGE ? [] : source.imports)
        .filter(({ from, typesOnly }) => !typesOnly && !from.startsWith('.') && !from.startsWith('node:'))
        .map(({ from }) =>
          from
            .split('/')
            .slice(0, from.startsWith('@') ? 2 : 1)
            .join('/'),
        )
        .filter((name) => !own.has(name)),
    );
    expect(found).toEqual([]);
  });

  it('are all used by the service', () => {
    const used = new Set(
      sources.flatMap(({ imports }) =>
        imports.map(({ from }) =>
          from
            .split('/')
            .slice(0, from.startsWith('@') ? 2 : 1)
            .join('/'),
        ),
      ),
    );
    expect(Object.keys(manifest.dependencies).filter((name) => !used.has(name))).toEqual([]);
  });
});
