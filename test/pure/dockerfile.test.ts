/** Checks of the image that are possible without Docker. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imageEnv, instructions, valuesOf } from '../support/dockerfile.ts';
import { projectFolder } from '../support/process.ts';

describe('the image', () => {
  it('is built on one image pinned by digest, with the tested Node version', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
    const [, version] =
      /^NODE_IMAGE=node:([\d.]+)-bookworm-slim@sha256:[0-9a-f]{64}$/.exec(valuesOf('ARG').join()) ?? [];
    expect(version).toBe(devDependencies.node);
    const bases = valuesOf('FROM').map((value) => value.split(' ')[0]);
    expect(bases.length).toBeGreaterThan(1);
    for (const base of bases) expect(base).toMatch(/^\$\{NODE_IMAGE\}$/);
  });

  it('stores everything it writes in its volume', () => {
    const [volume = ''] = valuesOf('VOLUME');
    expect(volume).toMatch(/^\/\w+$/);
    const { DATABASE_URL = '', IMPORT_DIR = '' } = imageEnv;
    for (const place of [DATABASE_URL.replace(/^file:/, ''), IMPORT_DIR]) {
      expect(join(place)).toMatch(new RegExp(`^${volume}/.+`));
    }
  });

  it('does not run as root, and owns its volume', () => {
    const names = instructions.map(([name]) => name);
    expect(valuesOf('USER')).toEqual(['node']);
    expect(names.indexOf('USER')).toBeGreaterThan(names.lastIndexOf('COPY'));
    expect(valuesOf('RUN').at(-1)).toBe('mkdir /data && chown node:node /data');
    expect(names.indexOf('USER')).toBeLessThan(names.indexOf('VOLUME'));
  });
});
