/** What the rows of a sheet do to the ledgers: an entry that is there already is not entered twice. */
import type { Reader } from '../database/database.ts';
import { nouns } from '../http/messages.ts';
import type { Fault } from '../http/problems.ts';
import { checked } from '../http/validation.ts';
import {
  type ImportContext,
  type ImportedRow,
  type Importer,
  type PlannedRow,
  refused,
  unchanged,
} from '../imports/importer.ts';
import { readNames } from '../references/names.ts';
import { findByCodes, findProject, ledgersOf, type ProjectRow } from './repository.ts';
import { fundsFaults, negativeDay } from './rules.ts';
import { NewFundsEntry } from './schema.ts';
import { addFundsEntry } from './writes.ts';

/** What two entries have to have in common to be one. */
const sameness = ({ receivedOn, amountYuan, note = null }: NewFundsEntry): string =>
  JSON.stringify([receivedOn, amountYuan, note]);

/** The ledger of a project as it will be after the rows so far. */
interface Ledger {
  days: { day: string; yuan: number }[];
  /** Entries on record that no row has been found to be yet, by their sameness. */
  unmatched: Map<string, number>;
  totalYuan: number;
}

/** Rows are matched by project, day, amount and note. A project's row may not take its balance below zero with the rows before it. */
export function fundsImporter({ caller, clock }: ImportContext): Importer {
  const today = clock.today();
  const ledgers = new Map<string, Ledger>();
  let names: Awaited<ReturnType<typeof readNames>> | undefined;

  async function readLedgers(reader: Reader, projects: readonly ProjectRow[]): Promise<void> {
    const missing = projects.filter(({ id }) => !ledgers.has(id));
    for (const { id } of missing) ledgers.set(id, { days: [], unmatched: new Map(), totalYuan: 0 });
    const ids = missing.map(({ id }) => id);
    for (const { projectId, receivedOn, amountYuan, note } of await ledgersOf(reader, ids)) {
      const ledger = ledgers.get(projectId) as Ledger;
      const same = sameness({ receivedOn, amountYuan, note });
      ledger.unmatched.set(same, (ledger.unmatched.get(same) ?? 0) + 1);
      enter(ledger, { receivedOn, amountYuan });
    }
  }

  const enter = (ledger: Ledger, { receivedOn, amountYuan }: NewFundsEntry): void => {
    ledger.days.push({ day: receivedOn, yuan: amountYuan });
    ledger.totalYuan += amountYuan;
  };

  function projectFaults(project: ProjectRow | undefined, id: string): Fault[] {
    if (!project) {
      const values = { noun: nouns.projects, id: id.slice(0, 64) };
      return [{ pointer: '/project', code: 'unknown_reference', values }];
    }
    if (project.archivedAt) {
      return [{ pointer: '/project', code: 'archived_row', values: { noun: nouns.projects, id } }];
    }
    const { regions } = caller;
    if (regions === null || (project.region !== null && names?.isWithin(project.region, regions))) return [];
    return [{ pointer: '/project', code: 'other_region', values: { regions: regions.join(', ') } }];
  }

  function plan(
    { row, fields, faults: found }: ImportedRow,
    projects: ReadonlyMap<string, ProjectRow>,
  ): PlannedRow {
    const { project: named, ...given } = fields;
    const key = typeof named === 'string' ? named.trim() : null;
    const project = key === null ? undefined : projects.get(key);
    const { sound, faults: unsound } = checked(NewFundsEntry, given);
    const unread = new Set(found.map(({ pointer }) => pointer));
    const faults = [...found, ...unsound.filter(({ pointer }) => !unread.has(pointer))];
    if (key !== null) faults.push(...projectFaults(project, key));
    else if (!unread.has('/project')) faults.push({ pointer: '/project', code: 'required' });
    const ledger = project && ledgers.get(project.id);
    const all = fundsFaults(sound, ledger?.totalYuan ?? 0, faults, today);
    if (all.length > 0 || !project || !ledger) return refused(row, key, all);

    const same = sameness(sound);
    const unmatched = ledger.unmatched.get(same) ?? 0;
    if (unmatched > 0) {
      ledger.unmatched.set(same, unmatched - 1);
      return unchanged(row, project.code);
    }
    const { receivedOn: day, amountYuan: yuan } = sound;
    const negative = yuan < 0 ? negativeDay([...ledger.days, { day, yuan }]) : null;
    if (negative)
      return refused(row, key, [{ pointer: '/amountYuan', code: 'negative_balance', values: negative }]);
    enter(ledger, sound);
    return {
      row,
      key,
      effect: 'create',
      fields: { fundsEntry: { after: sound } },
      faults: [],
      write: async (tx) => {
        // As the rows before have left it.
        const current = (await findProject(tx, project.id, today)) as ProjectRow;
        await addFundsEntry(tx, { caller, clock }, current, sound);
      },
    };
  }

  return {
    plan: async (reader, rows) => {
      names ??= await readNames(reader);
      const codes = rows.flatMap(({ fields: { project } }) =>
        typeof project === 'string' ? [project.trim()] : [],
      );
      const found = await findByCodes(reader, [...new Set(codes)], today);
      await readLedgers(reader, found);
      const projects = new Map(found.map((project) => [project.code, project]));
      return rows.map((row) => plan(row, projects));
    },
  };
}
