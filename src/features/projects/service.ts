/** Reading and writing projects. */

import { unknownReferences } from '../../catalogues/service.ts';
import type { ColumnStore } from '../../columns/store.ts';
import type { Clock } from '../../core/clock.ts';
import type { Database, Reader, Revision, Transaction } from '../../database/database.ts';
import { revisionIn } from '../../database/revision.ts';
import type { Computed } from '../../http/answers.ts';
import { expectUnchanged } from '../../http/conditional.ts';
import { type PageQuery, pageRequest, toPage } from '../../http/pages.ts';
import { type Fault, notFound, Problem, refuse, taken } from '../../http/problems.ts';
import { type Expected, expectAsExpected } from '../../http/replacing.ts';
import { diff } from '../../log/diff.ts';
import { once } from '../../log/once.ts';
import type { Caller } from '../../log/service.ts';
import { expectOwnRegion } from '../references/own-region.ts';
import { filterOf, type ProjectFilter, select } from './filter.ts';
import { isWalk, listFinder, pageAmong, projectPageRequest, projectsByIds, projectsOfPage } from './lists.ts';
import { complete, type Input, inputOf, merge, toProject } from './record.ts';
import * as repository from './repository.ts';
import { codeFaults, faultsIn, fundsFaults, refuseNegativeBalance } from './rules.ts';
import type {
  FundsEntry,
  NewFundsEntry,
  NewProject,
  Project,
  ProjectChanges,
  ReplacedProject,
} from './schema.ts';
import { addFundsEntry, changeProject, createProject, setArchived } from './writes.ts';

export interface ProjectService {
  /** A page of the projects selected by a filter, as of a day. */
  list(
    query: PageQuery & ProjectFilter & { archived?: boolean | undefined },
    asOf: string,
  ): Promise<Computed>;
  /** @throws Problem 404 if unknown, archived (unless requested), or not yet signed by the day */
  read(id: string, asOf: string | undefined, archived: boolean): Promise<Project>;
  /** The same by code. */
  readByCode(code: string, asOf: string | undefined, archived: boolean): Promise<Project>;
  create(caller: Caller, input: NewProject, found?: readonly Fault[]): Promise<Project>;
  /** @param ifMatch the ETag of the state that the client read */
  change(
    caller: Caller,
    id: string,
    ifMatch: string,
    input: ProjectChanges,
    found?: readonly Fault[],
  ): Promise<Project>;
  /**
   * Has the project with a code be what is given: creates or replaces it, as the client expects.
   * @throws Problem 412 where it is not as expected, 409 where it is archived
   */
  put(
    caller: Caller,
    code: string,
    expected: Expected,
    input: ReplacedProject,
    found?: readonly Fault[],
  ): Promise<{ project: Project; isNew: boolean }>;
  archive(caller: Caller, id: string, ifMatch: string): Promise<void>;
  /** Restores an archived project; no-op if it is not archived. */
  restore(caller: Caller, id: string): Promise<Project>;
  listFunds(id: string, query: PageQuery): Promise<Computed>;
  addFunds(caller: Caller, id: string, input: NewFundsEntry, found?: readonly Fault[]): Promise<FundsEntry>;
  /** As `create`, without a response, in the caller's own transaction, such as a bulk load. */
  insert(tx: Transaction, caller: Caller, input: NewProject): Promise<string>;
  insertFunds(tx: Transaction, caller: Caller, id: string, input: NewFundsEntry): Promise<FundsEntry>;
}

interface Existing {
  row: repository.ProjectRow;
  project: Project;
}

/** How often a list is asked of columns again, because of a write in between. */
const ATTEMPTS = 3;

/** @param columns what they hold, lists find without SQL */
export function projectService(
  { database, clock }: { database: Database; clock: Clock },
  columns?: Pick<ColumnStore, 'askIfFilled'>,
): ProjectService {
  const finder = listFinder(database, columns);

  async function existing(reader: Reader, id: string): Promise<Existing> {
    const today = clock.today();
    const row = await repository.findProject(reader, id, today);
    if (!row) throw notFound('projects', id);
    return { row, project: toProject(row, today) };
  }

  async function unarchived(reader: Reader, id: string) {
    const found = await existing(reader, id);
    if (found.row.archivedAt) throw archived(id);
    return found;
  }

  async function insert(
    tx: Transaction,
    caller: Caller,
    given: NewProject,
    found: readonly Fault[] = [],
  ): Promise<string> {
    const input = complete(given);
    await expectOwnRegion(tx, caller, input.region);
    refuse(await faultsIn(unknownReferences(tx), input, null, found, clock.today()));
    if (await repository.codeExists(tx, input.code)) throw taken('projects', 'code');
    return createProject(tx, { caller, clock }, input, diff(null, input));
  }

  /**
   * Has a project be what is given, unless it is that already.
   * @param faults those that have been found
   */
  async function become(
    tx: Transaction,
    caller: Caller,
    { row, project }: Existing,
    after: Input,
    faults: readonly Fault[],
  ): Promise<Project> {
    const before = inputOf(row);
    await expectOwnRegion(tx, caller, after.region);
    refuse(await faultsIn(unknownReferences(tx), after, before, faults, clock.today()));
    const fields = diff(before, after);
    if (Object.keys(fields).length === 0) return project;
    await changeProject(tx, { caller, clock }, row, after, fields);
    return (await existing(tx, row.id)).project;
  }

  /** What is read of a project. @param name the id or code by which it was asked for */
  function shown(
    row: repository.ProjectRow | undefined,
    name: string,
    asOf: string | undefined,
    showArchived: boolean,
  ): Project {
    if (!row) throw notFound('projects', name);
    if (row.archivedAt && !showArchived) throw archived(row.id);
    if (asOf !== undefined && row.signedOn > asOf) {
      throw new Problem('projects.not_signed_yet', { values: { id: name, asOf } });
    }
    return toProject(row, asOf ?? clock.today());
  }

  /** Adds to the ledger and increments the project's version. The project must exist and not be archived. */
  async function addTo(
    tx: Transaction,
    caller: Caller,
    row: repository.ProjectRow,
    input: NewFundsEntry,
    found: readonly Fault[] = [],
  ) {
    await expectOwnRegion(tx, caller, row.region);
    refuse(fundsFaults(input, row.fundsInPlaceYuan, found, clock.today()));
    if (input.amountYuan < 0) await refuseNegativeBalance(tx, row.id, input);
    return addFundsEntry(tx, { caller, clock }, row, input);
  }

  return {
    list: async (query, asOf) => {
      const request = projectPageRequest(query);
      const filter = filterOf(query);
      const selection = select(filter, asOf);
      const onlyArchived = query.archived === true;
      const read = async (
        reader: Reader,
        revision: Revision,
        total: number,
        { ids, page }: { ids?: readonly string[]; page?: readonly string[] } = {},
      ) => {
        const rows = page
          ? await projectsByIds(reader, page, asOf)
          : ids
            ? await pageAmong(reader, ids, asOf, onlyArchived, request)
            : await projectsOfPage(reader, selection, onlyArchived, request);
        return { revision, body: toPage(request, rows, total, revision.seq, (row) => toProject(row, asOf)) };
      };
      const walks = isWalk(selection, onlyArchived, request, asOf >= clock.today());
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const found = await finder.find(filter, selection, asOf, onlyArchived, request);
        if (!found) break;
        const isShort = walks || found.page !== undefined;
        const page = await (isShort ? database.snapshot : database.page)(async (reader) => {
          const revision = await revisionIn(reader);
          if (revision.hash !== found.revision.hash) return null;
          return read(reader, revision, found.total, found);
        });
        if (page) return page;
      }
      return database.page(async (reader) => {
        const revision = await revisionIn(reader);
        return read(reader, revision, await finder.count(reader, revision, selection, onlyArchived));
      });
    },

    read: async (id, asOf, showArchived) => {
      const row = await repository.findProject(database.read, id, asOf ?? clock.today());
      return shown(row, id, asOf, showArchived);
    },

    readByCode: async (code, asOf, showArchived) => {
      const row = await repository.findByCode(database.read, code, asOf ?? clock.today());
      return shown(row, code, asOf, showArchived);
    },

    create: (caller, input, found) =>
      once({ database, clock }, caller, async (tx) => {
        const id = await insert(tx, caller, input, found);
        return (await existing(tx, id)).project;
      }),

    change: (caller, id, ifMatch, changes, found = []) =>
      database.write(async (tx) => {
        const there = await unarchived(tx, id);
        await expectOwnRegion(tx, caller, there.row.region);
        expectUnchanged(ifMatch, there.project);
        const after = merge(inputOf(there.row), changes);
        const faults = [...found];
        if (after.code !== there.row.code) faults.push({ pointer: '/code', code: 'immutable' });
        return become(tx, caller, there, after, faults);
      }),

    put: (caller, code, expected, given, found = []) =>
      database.write(async (tx) => {
        const faults = [...found, ...codeFaults(code, given.code)];
        const input = { ...given, code };
        const today = clock.today();
        const row = await repository.findByCode(tx, code, today);
        if (!row) {
          expectAsExpected(expected, null);
          const id = await insert(tx, caller, input, faults);
          return { project: (await existing(tx, id)).project, isNew: true };
        }
        if (row.archivedAt) throw codeArchived(row);
        const there = { row, project: toProject(row, today) };
        await expectOwnRegion(tx, caller, row.region);
        expectAsExpected(expected, there.project);
        return { project: await become(tx, caller, there, complete(input), faults), isNew: false };
      }),

    archive: (caller, id, ifMatch) =>
      database.write(async (tx) => {
        const { row, project } = await unarchived(tx, id);
        await expectOwnRegion(tx, caller, row.region);
        expectUnchanged(ifMatch, project);
        await setArchived(tx, { caller, clock }, row, clock.now());
      }),

    restore: (caller, id) =>
      once({ database, clock }, caller, async (tx) => {
        const { row, project } = await existing(tx, id);
        await expectOwnRegion(tx, caller, row.region);
        if (!row.archivedAt) return project;
        await setArchived(tx, { caller, clock }, row, null);
        return (await existing(tx, id)).project;
      }),

    listFunds: (id, query) =>
      database.page(async (reader) => {
        await unarchived(reader, id);
        const request = pageRequest(
          query,
          repository.fundsSortKeys,
          'receivedOn',
          repository.fundsTieBreaker,
        );
        const revision = await revisionIn(reader);
        const rows = await repository.listFunds(reader, id, request);
        const total = await repository.countFunds(reader, id);
        return { revision, body: toPage(request, rows, total, revision.seq, (row) => row) };
      }),

    addFunds: (caller, id, input, found) =>
      once({ database, clock }, caller, async (tx) =>
        addTo(tx, caller, (await unarchived(tx, id)).row, input, found),
      ),

    insert,
    insertFunds: async (tx, caller, id, input) => addTo(tx, caller, (await unarchived(tx, id)).row, input),
  };
}

/** The code is taken, by something that lists do not show. */
const codeArchived = ({ id, code }: repository.ProjectRow): Problem =>
  new Problem('projects.code_archived', { code: 'projects.code_taken', values: { id, code } });

const archived = (id: string): Problem => new Problem('projects.archived', { values: { id } });
