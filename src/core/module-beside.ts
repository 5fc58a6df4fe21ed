import { basename, extname } from 'node:path';

/**
 * The address of a module that a thread or a process loads. From source it lies where `path` says, beside the module
 * that asks; in the bundle, where `npm run build` has to name it, all of them lie in one folder.
 * @param path without its ending, which is that of the module that asks: `.ts` from source, `.js` once built
 */
export function moduleBeside({ filename, url }: ImportMeta, path: string): URL {
  const ending = extname(filename);
  return new URL(`./${ending === '.js' ? basename(path) : path}${ending}`, url);
}
