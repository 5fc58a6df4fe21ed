/** Compares columns that went back to a revision with columns filled from the data as it was then. */
import { isDeepStrictEqual } from 'node:util';
import { answering, type ColumnsWork } from '../../src/columns/answering.ts';
import { ARCHIVED, type Columns, treeNames } from '../../src/columns/columns.ts';
import { fill } from '../../src/columns/following.ts';
import { NEVER } from '../../src/columns/packed-days.ts';
import type { Question } from '../../src/columns/questions.ts';
import { derived, pastStateReader } from '../../src/contributions.ts';

/** What differs: ids, and names of columns. */
export const compare: Question<{ isQuick: boolean }, string[]> = {
  name: 'test.compare',
  // Asked in both ways: what one of them leaves must do for the other.
  answer: async ({ reader, columns, named }, { isQuick }) => {
    if (isQuick) return [];
    await named();
    const filling = fill(reader, derived);
    let step = await filling.next();
    while (!step.done) step = await filling.next();
    return differences(columns, step.value.columns);
  },
};

function differences(columns: Columns, anew: Columns): string[] {
  const found: string[] = [];
  for (const tree of treeNames)
    if (!isDeepStrictEqual(columns.parents[tree], anew.parents[tree])) found.push(tree);
  for (let row = 0; row < columns.count; row++) {
    const id = columns.ids.textOf(row);
    const [is, shouldBe] = [columns.stateOf(id), anew.stateOf(id)];
    if (!shouldBe) {
      if (is?.flags !== ARCHIVED || is?.signedOn !== NEVER) found.push(`${id} is there`);
      continue;
    }
    for (const [name, value] of Object.entries(shouldBe))
      if (!isDeepStrictEqual(value, is?.[name])) found.push(`${id}: ${name}: ${is?.[name]}, not ${value}`);
  }
  return found;
}

export const run = answering(derived, [compare], pastStateReader);

export const comparing: ColumnsWork = {
  module: new URL(import.meta.url),
  run,
  resident: true,
  shadows: true,
};
