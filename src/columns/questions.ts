import type { Reader, Revision } from '../database/database.ts';
import type { Columns } from './columns.ts';

/** A state of the data: a snapshot, and columns of the same revision. */
export interface State {
  reader: Reader;
  columns: Columns;
  revision: Revision;
}

/** What can be asked of a state. A thread finds it by its name, so inputs and answers are plain data. */
export interface Question<Input, Answer> {
  readonly name: string;
  answer(state: State, input: Input): Promise<Answer>;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of questions of any kind.
export type Questions = readonly Question<any, unknown>[];
