/** The page about clients shows what the clients of the tests do, line by line. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentAt, examplesIn } from '../support/documents.ts';
import { projectFolder } from '../support/process.ts';

const page = documentAt('docs/clients.md');
const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
const clients = ['hey-api', 'openapi-fetch', 'orval', 'hey-api-more'].map((name) =>
  linesOf(documentAt(`openapi/clients/${name}.ts`)),
);

/** Whether some lines come in others, in their order. */
function comeIn(some: readonly string[], others: readonly string[]): boolean {
  let at = -1;
  return some.every((line) => {
    at = others.indexOf(line, at + 1);
    return at >= 0;
  });
}

describe('the page about clients', () => {
  const examples = examplesIn(page).filter(({ language }) => language === 'ts');

  it('has examples', () => expect(examples).toHaveLength(4));

  it.each(examples.map(({ text }) => [text.split('\n')[0], text]))('shows what runs: %s', (_, text = '') => {
    expect(clients.some((lines) => comeIn(linesOf(text), lines))).toBe(true);
  });

  it('gives the commands that make the clients', () => {
    const manifest = readFileSync(join(projectFolder, 'openapi/package.json'), 'utf8');
    const commands = [...page.matchAll(/`((?:openapi-ts|openapi-typescript) [^`]+|orval --config)`/g)];
    expect(commands).toHaveLength(3);
    for (const [, command = ''] of commands) {
      expect(manifest).toContain(command.replace(' generated/', ' clients/generated/'));
    }
  });
});
