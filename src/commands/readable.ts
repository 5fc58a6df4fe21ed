/** Files that commands read. */
import { statSync } from 'node:fs';
import { StartupError } from '../core/startup-error.ts';
import { rootMessage } from '../database/errors.ts';

/** @throws StartupError if a file cannot be read */
export function expectReadable(file: string): void {
  let isFolder: boolean;
  try {
    isFolder = statSync(file).isDirectory();
  } catch (error) {
    throw new StartupError(`${file} cannot be read: ${rootMessage(error)}`);
  }
  if (isFolder) throw new StartupError(`${file} is a folder; name the files`);
}
