import type { Revision, StreamReader } from '../database/database.ts';
import type { Columns } from './columns.ts';

/** A state of the data: a snapshot, and columns of the same revision. */
export interface State {
  reader: StreamReader;
  columns: Columns;
  revision: Revision;
  /** Has the columns hold names and times of change, which of a past takes long. */
  named(): Promise<void>;
  /**
   * Asks of the state at another revision. Meanwhile the columns of this one hold that state, so nothing else may be
   * asked of it.
   */
  at<T>(seq: number, use: (state: State) => Promise<T>): Promise<T>;
}

/** What can be asked of a state. A thread finds it by its name, so inputs and answers are plain data. */
export interface Question<Input, Answer> {
  readonly name: string;
  answer(state: State, input: Input): Promise<Answer>;
}

// biome-ignore lint/suspicious/noExplicitAny: a list of questions of any kind.
export type Questions = readonly Question<any, unknown>[];
