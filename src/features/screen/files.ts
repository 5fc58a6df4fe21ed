/** The files of the page at `/`, as `npm run dashboard` built them. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { packageFolder } from '../../core/package.ts';
import { etagOf, REVALIDATE } from '../../http/conditional.ts';

export interface PageFile {
  type: string;
  content: Buffer;
  etag: string;
  cacheControl: string;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};

/** Their names contain a hash of the content. */
const isHashed = (name: string): boolean => /-[0-9A-Z]{8}\.\w+$/.test(name);

/** @returns no files if the page has not been built */
export async function pageFiles(): Promise<ReadonlyMap<string, PageFile>> {
  const folder = join(packageFolder, 'dist', 'dashboard');
  const names = await readdir(folder).catch(() => []);
  const files = names
    .filter((name) => extname(name) in types)
    .map(async (name): Promise<[string, PageFile]> => {
      const content = await readFile(join(folder, name));
      return [
        name,
        {
          type: types[extname(name)] as string,
          content,
          etag: etagOf(content.toString('base64')),
          cacheControl: isHashed(name) ? 'public, max-age=31536000, immutable' : REVALIDATE,
        },
      ];
    });
  return new Map(await Promise.all(files));
}
