/** The documentation of the service, for tests. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from './process.ts';

/** A document by its path, as `docs/figures.md`. */
export const documentAt = (path: string): string => readFileSync(join(projectFolder, path), 'utf8');

/** The paths of all documents. */
export const documents = (): string[] => [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...readdirSync(join(projectFolder, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...readdirSync(join(projectFolder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('DESIGN.md'))
    .map((name) => `src/${name}`),
];

/** The code blocks in a text. */
export const examplesIn = (text: string): { language: string | undefined; text: string }[] =>
  [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language, code = '']) => ({
    language,
    text: code.trim(),
  }));

/** A section of a document, up to the next one. */
export function sectionOf(document: string, heading: string): string {
  const from = document.indexOf(`\n## ${heading}\n`);
  if (from < 0) throw new Error(`There is no section "${heading}".`);
  return document.slice(from + 1).split('\n## ')[0] as string;
}
