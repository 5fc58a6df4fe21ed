/** The codes that a clerk can choose from: targets of project references, by code and name. */

import { namesOf, readTree, type TreeNode } from '../../catalogues/service.ts';
import { nouns } from '../../core/entities.ts';
import type { Database, Reader, Revision } from '../../database/database.ts';
import { revisionIn } from '../../database/revision.ts';
import { invalid } from '../../http/problems.ts';

/** A code to choose from. */
export interface Choice {
  code: string;
  name: string;
  nameEn: string | null;
}

/** The choices for each project field that contains a code of a catalogue. */
export interface CodeLists {
  event: Choice[];
  region: Choice[];
  zone: Choice[];
  industry: Choice[];
}

export interface CodeListService {
  /**
   * @param event the only one to offer, if given
   * @throws Problem 422 if the event does not exist
   */
  read(event: string | undefined): Promise<{ revision: Revision; body: CodeLists }>;
}

const byCode = (a: Choice, b: Choice): number => (a.code < b.code ? -1 : 1);

async function namedIn(reader: Reader, entity: 'events' | 'zones'): Promise<Choice[]> {
  return [...(await namesOf(reader, entity))].map(([code, names]) => ({ code, ...names })).sort(byCode);
}

/** Orders nodes so that descendants directly follow their parent. */
function inTreeOrder(nodes: readonly TreeNode[]): Choice[] {
  const parents = new Map(nodes.map(({ code, parent }) => [code, parent]));
  const pathTo = (code: string | null | undefined): string =>
    code ? `${pathTo(parents.get(code))}/${code}` : '';
  return nodes
    .map(({ code, name, nameEn }) => ({ path: pathTo(code), choice: { code, name, nameEn } }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ choice }) => choice);
}

export const codeListService = ({ database }: { database: Database }): CodeListService => ({
  read: (event) =>
    database.snapshot(async (reader) => {
      const events = await namedIn(reader, 'events');
      const offered = event === undefined ? events : events.filter(({ code }) => code === event);
      if (event !== undefined && offered.length === 0) {
        const values = { noun: nouns.events, id: event };
        throw invalid([{ parameter: 'event', code: 'unknown_reference', values }]);
      }
      return {
        revision: await revisionIn(reader),
        body: {
          event: offered,
          region: inTreeOrder(await readTree(reader, 'regions')),
          zone: await namedIn(reader, 'zones'),
          industry: inTreeOrder(await readTree(reader, 'industries')),
        },
      };
    }),
});
