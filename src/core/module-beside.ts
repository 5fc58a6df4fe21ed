import { extname } from 'node:path';

/**
 * The address of a module that a thread or a process loads: it lies beside the one that asks and has the same ending,
 * `.ts` from source, `.js` once built. `npm run build` has to name it.
 */
export const moduleBeside = ({ filename, url }: ImportMeta, name: string): URL =>
  new URL(`./${name}${extname(filename)}`, url);
