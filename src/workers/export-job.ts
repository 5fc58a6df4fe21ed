/** What a thread loads to make an export. */
import { exporters } from '../contributions.ts';
import { exporting } from '../sheets/exporting/parts.ts';

export const run = exporting(exporters);
