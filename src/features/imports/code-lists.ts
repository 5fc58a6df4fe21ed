/** The codes that a clerk may choose from: what projects refer to, by code and name. */

import { namesOf, readTree, type TreeNode } from '../../catalogues/service.ts';
import { nouns } from '../../core/entities.ts';
import type { Database, Reader, Revision } from '../../database/database.ts';
import { revisionIn } from '../../database/revision.ts';
import { invalid } from '../../http/problems.ts';

/** One code to choose. */
export interface Choice {
  code: string;
  name: string;
  nameEn: string | null;
}

/** The choices of each field of a project whose value is a code of a catalogue. */
export interface CodeLists {
  event: Choice[];
  region: Choice[];
  zone: Choice[];
  industry: Choice[];
}

export interface CodeListService {
  /**
   * @param event the only one to choose from, if there is one
   * @throws Problem 422 for an event that is not there
   */
  read(event: string | undefined): Promise<{ revision: Revision; body: CodeLists }>;
}

const byCode = (a: Choice, b: Choice): number => (a.code < b.code ? -1 : 1);

async function namedIn(reader: Reader, entity: 'events' | 'zones'): Promise<Choice[]> {
  return [...(await namesOf(reader, entity))].map(([code, names]) => ({ code, ...names })).sort(byCode);
}

/** What belongs to something comes right after it. */
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
