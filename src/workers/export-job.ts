/** Entry point of the thread for exports. */
import { exporters } from '../contributions.ts';
import { exporting } from '../sheets/exporting/parts.ts';

export const run = exporting(exporters);
