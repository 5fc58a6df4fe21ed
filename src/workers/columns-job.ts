/** Entry point of the thread for columns. */
import { answering } from '../columns/answering.ts';
import { derived, pastStateReader, questions } from '../contributions.ts';

export const run = answering(derived, questions, pastStateReader);
