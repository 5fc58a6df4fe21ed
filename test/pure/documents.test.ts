/** The documentation: short, without duplicates or broken links. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { variables } from '../../src/core/config.ts';
import { documentAt, documents } from '../support/documents.ts';
import { projectFolder } from '../support/process.ts';

const README_BYTES = 10_000;

/** Anchors of headings as on GitHub. */
const anchorsIn = (text: string): string[] =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

const proseIn = (text: string): string => text.replace(/```[\s\S]*?```/g, '');

const linksIn = (text: string): string[] =>
  [...proseIn(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);

/** Length from which paragraphs should be unique; short ones may repeat. */
const LONG = 60;
const paragraphsIn = (text: string): string[] =>
  proseIn(text)
    .split(/\n+/)
    .filter((paragraph) => paragraph.length > LONG && !paragraph.startsWith('| ---'));

/** The start of a paragraph: duplicates that were changed in one place usually start the same. */
const beginning = (paragraph: string): string => paragraph.slice(0, LONG);

describe('the documents', () => {
  it('start with a page that takes a minute to read', () => {
    expect(Buffer.byteLength(documentAt('README.md'))).toBeLessThanOrEqual(README_BYTES);
  });

  it('have no duplicates, not even with different endings', () => {
    // The changelog repeats what other documents describe.
    const begun = documents()
      .filter((path) => path !== 'CHANGELOG.md')
      .flatMap((path) => paragraphsIn(documentAt(path)))
      .map(beginning);
    expect(begun.length).toBeGreaterThan(100);
    expect(begun.filter((one, i) => begun.indexOf(one) !== i)).toEqual([]);
  });

  it.each(documents())('have no broken links: %s', (path) => {
    for (const link of linksIn(documentAt(path)).filter((one) => !/^https?:/.test(one))) {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? path : normalize(join(dirname(path), file));
      expect(existsSync(join(projectFolder, target)), `${path}: ${link}`).toBe(true);
      if (anchor !== undefined) expect(anchorsIn(documentAt(target)), `${path}: ${link}`).toContain(anchor);
    }
  });

  it('have at most 120 lines in each DESIGN.md', () => {
    const designs = documents().filter((path) => path.endsWith('DESIGN.md'));
    expect(designs.length).toBeGreaterThan(2);
    for (const path of designs) expect(documentAt(path).split('\n').length, path).toBeLessThanOrEqual(120);
  });

  it('are all linked from README or CONTRIBUTING', () => {
    const linked = ['README.md', 'CONTRIBUTING.md'].flatMap((path) => linksIn(documentAt(path)));
    for (const path of documents().filter((one) => one !== 'README.md')) expect(linked).toContain(path);
  });
});

describe('the files for deploying', () => {
  const files = readdirSync(join(projectFolder, 'docs/deploy'));

  it('are all on the page about operations', () => {
    for (const file of files) expect(documentAt('docs/operations.md')).toContain(`](deploy/${file})`);
  });

  it('set only variables that there are', () => {
    const OTHERS = /^(NODE_ENV|MALLOC_ARENA_MAX|POSTGRES_\w+)$/;
    const texts = files.map((file) => documentAt(`docs/deploy/${file}`)).join('\n');
    const set = [...texts.matchAll(/^(?:Environment=| {4,}(?=[A-Z_]+:))([A-Z][A-Z_]+)/gm)].map(
      ([, name = '']) => name,
    );
    expect(set).toContain('DATABASE_URL');
    expect(set.filter((name) => !OTHERS.test(name) && !(name in variables))).toEqual([]);
  });
});
