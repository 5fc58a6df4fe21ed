/** Entry point of the thread for verifying the log and the data. */
import { loggedEntities } from '../contributions.ts';
import { verifying } from '../log/verification/verifying.ts';

export const run = verifying(loggedEntities);
