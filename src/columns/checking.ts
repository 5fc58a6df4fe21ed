/** Compares columns with columns filled anew, a slice of ids at a time. */
import { isDeepStrictEqual } from 'node:util';
import { paced } from '../core/pace.ts';
import { Columns, treeNames } from './columns.ts';
import { endsAsRecorded } from './entries.ts';
import { countOf, type Derived, readInvestors, readPage, readTrees } from './following.ts';
import type { Question } from './questions.ts';

export interface Checked {
  /** Where the next slice begins; null for the first one. */
  next: string | null;
  /** Whether the log ends as the revision says; looked at with the first slice. */
  isLogIntact?: boolean;
  /** What differs, for the operator: ids and names of columns, never values. */
  differences: string[];
}

/** Further differences of a slice are not listed. */
const MOST = 10;

export const checkSlice = (derived: Derived): Question<{ after: string | null }, Checked> => ({
  name: 'columns.check',
  answer: async ({ reader, columns, revision }, { after }) => {
    const differences: string[] = [];
    const anew = new Columns();
    if (after === null) {
      if ((await countOf(reader, 'projects')) !== columns.count) differences.push('number of projects');
      await readTrees(anew, reader);
      for (const tree of treeNames)
        if (!isDeepStrictEqual(columns.parents[tree], anew.parents[tree])) differences.push(tree);
    }
    const ids = await readPage(anew, reader, derived, after ?? '');
    await readInvestors(anew, reader, 0, paced());
    for (const id of ids) {
      const [is, shouldBe] = [columns.stateOf(id), anew.stateOf(id)];
      if (!is) differences.push(`${id} is missing`);
      else
        for (const [name, value] of Object.entries(shouldBe ?? {}))
          if (!isDeepStrictEqual(value, is[name])) differences.push(`${id}: ${name}`);
    }
    return {
      next: ids.at(-1) ?? null,
      ...(after === null && { isLogIntact: await endsAsRecorded(reader, revision) }),
      differences: differences.slice(0, MOST),
    };
  },
});
