/** Entry point of the thread for columns. */
import { answering } from '../columns/answering.ts';
import { derived, pastReader, questions } from '../contributions.ts';

export const run = answering(derived, questions, pastReader);
