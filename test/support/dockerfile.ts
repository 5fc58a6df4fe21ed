/** Parses the Dockerfile. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from './process.ts';

/** The instructions in order, each on one line. */
export const instructions: [name: string, value: string][] = readFileSync(
  join(projectFolder, 'Dockerfile'),
  'utf8',
)
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter(Boolean)
  .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]);

export const valuesOf = (wanted: string): string[] =>
  instructions.filter(([name]) => name === wanted).map(([, value]) => value);

/** The environment variables of the image. */
export const imageEnv: Readonly<Record<string, string>> = Object.fromEntries(
  valuesOf('ENV').flatMap((value) => value.split(/\s+/).map((pair) => pair.split('=') as [string, string])),
);
