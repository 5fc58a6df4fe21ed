/** Entry point of the thread for importing rows. */
import { importers } from '../contributions.ts';
import { importing } from '../features/imports/import-rows.ts';

export const { run, load } = importing(importers);
