import { basename, extname } from 'node:path';

/**
 * The URL of a module to be loaded by a thread or process. From source it is at `path`, relative to the
 * calling module; in the bundle, whose modules `npm run build` must list, all are in one folder.
 * @param path without extension, which is that of the calling module: `.ts` from source, `.js` in the bundle
 */
export function moduleBeside({ filename, url }: ImportMeta, path: string): URL {
  const ending = extname(filename);
  return new URL(`./${ending === '.js' ? basename(path) : path}${ending}`, url);
}
