/** Entry point of the thread for exports. */
import { exporters, pastReader } from '../contributions.ts';
import { exporting } from '../sheets/exporting/parts.ts';

export const run = exporting(exporters, pastReader);
