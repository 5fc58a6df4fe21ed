/** Entry point of the thread for figures. */
import { figureWork } from '../features/figures/figure-work.ts';

export const run = figureWork();
