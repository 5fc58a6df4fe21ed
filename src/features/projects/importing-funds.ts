/** Imports ledger entries; an entry that exists already is not added again. */

import { type Names, regionFaults, rememberedNames } from '../../catalogues/names.ts';
import { nouns } from '../../core/entities.ts';
import type { Reader } from '../../database/database.ts';
import { typeNames } from '../../http/messages.ts';
import type { Fault } from '../../http/problems.ts';
import { checkedRow } from '../../sheets/checked-row.ts';
import {
  effective,
  type ImportContext,
  type ImportedRow,
  type Importer,
  type PlannedRow,
  refused,
  rowByRow,
  unchanged,
  unknownReference,
} from '../../sheets/importer.ts';
import { findByCodes, ledgersOf, type ProjectRow } from './repository.ts';
import { fundsFaults, negativeDay } from './rules.ts';
import { NewFundsEntry } from './schema.ts';
import { addFundsEntry } from './writes.ts';

/** The identity of an entry within a project. */
const sameness = ({ receivedOn, amountYuan, note = null }: NewFundsEntry): string =>
  JSON.stringify([receivedOn, amountYuan, note]);

/** The ledger of a project after the rows so far. */
interface Ledger {
  /** Totals of each day with entries, in order. */
  days: { day: string; yuan: number }[];
  /** Number of stored entries not yet matched by a row, by identity. */
  unmatched: Map<string, number>;
  totalYuan: number;
  /** Version of the project after the rows written so far. */
  version: number;
}

interface Known {
  projects: ReadonlyMap<string, ProjectRow>;
  names: Names;
}

const projectOf = ({ fields: { project } }: ImportedRow): unknown =>
  typeof project === 'string' ? project.trim() : project;

const increase = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

/**
 * Rows are matched by project, day, amount and note. A row may not make its project's balance negative,
 * taking earlier rows into account.
 */
export function fundsImporter({ caller, clock }: ImportContext): Importer {
  const today = clock.today();
  const ledgers = new Map<string, Ledger>();
  /** Number of rows before the first batch, by project and identity. */
  const passed = new Map<string, number>();
  const namesIn = rememberedNames();

  async function readLedgers(reader: Reader, projects: readonly ProjectRow[]): Promise<void> {
    const missing = new Map(projects.filter(({ id }) => !ledgers.has(id)).map((one) => [one.id, one]));
    for (const { id, version } of missing.values()) {
      ledgers.set(id, { days: [], unmatched: new Map(), totalYuan: 0, version });
    }
    for (const { projectId, receivedOn, amountYuan, note } of await ledgersOf(reader, [...missing.keys()])) {
      const ledger = ledgers.get(projectId) as Ledger;
      const same = sameness({ receivedOn, amountYuan, note });
      const key = `${missing.get(projectId)?.code} ${same}`;
      const before = passed.get(key) ?? 0;
      // An entry matched or created by a row before the first batch is not available to other rows.
      if (before > 0) passed.set(key, before - 1);
      else increase(ledger.unmatched, same);
      enter(ledger, { receivedOn, amountYuan });
    }
  }

  function enter(ledger: Ledger, { receivedOn: day, amountYuan: yuan }: NewFundsEntry): void {
    const { days } = ledger;
    const place = days.findLastIndex((one) => one.day <= day);
    const last = days[place];
    if (last?.day === day) last.yuan += yuan;
    else days.splice(place + 1, 0, { day, yuan });
    ledger.totalYuan += yuan;
  }

  function projectFaults(named: unknown, project: ProjectRow | undefined): Fault[] {
    const pointer = '/project';
    if (named === undefined || named === null || named === '') return [{ pointer, code: 'required' }];
    if (typeof named !== 'string') {
      return [{ pointer, code: 'wrong_type', values: { expected: typeNames.string } }];
    }
    if (!project) return [unknownReference(pointer, 'projects', named)];
    const values = { noun: nouns.projects, id: named.slice(0, 64) };
    return project.archivedAt ? [{ pointer, code: 'archived_row', values }] : [];
  }

  function plan(given: ImportedRow, { projects, names }: Known): PlannedRow {
    const { row, faults: found } = given;
    const { project: _, ...fields } = given.fields;
    const named = projectOf(given);
    const key = typeof named === 'string' ? named : null;
    const project = key === null ? undefined : projects.get(key);
    const { sound, faults } = checkedRow(NewFundsEntry, fields, found);
    if (!found.some(({ pointer }) => pointer === '/project')) faults.push(...projectFaults(named, project));
    const ledger = project && ledgers.get(project.id);
    const same = sameness(sound);
    const unmatched = ledger?.unmatched.get(same) ?? 0;
    if (project && ledger && faults.length === 0 && unmatched > 0) {
      ledger.unmatched.set(same, unmatched - 1);
      return unchanged(row, project.code);
    }
    if (project) faults.push(...regionFaults(caller, names, '/project', [project.region]));
    const all = fundsFaults(sound, ledger?.totalYuan ?? 0, faults, today);
    if (all.length > 0 || !project || !ledger) return refused(row, key, all);

    const { receivedOn: day, amountYuan: yuan } = sound;
    const negative = yuan < 0 ? negativeDay([...ledger.days, { day, yuan }]) : null;
    if (negative) {
      return refused(row, key, [{ pointer: '/amountYuan', code: 'negative_balance', values: negative }]);
    }
    enter(ledger, sound);
    return effective(
      row,
      key,
      'create',
      () => ({ fundsEntry: { after: sound } }),
      async (tx) => {
        await addFundsEntry(tx, { caller, clock }, { ...project, version: ledger.version }, sound);
        ledger.version += 1;
      },
    );
  }

  async function look(reader: Reader, rows: readonly ImportedRow[]): Promise<Known> {
    const names = await namesIn(reader);
    const codes = rows.map(projectOf).filter((code) => typeof code === 'string');
    const found = await findByCodes(reader, [...new Set(codes)], today);
    await readLedgers(reader, found);
    return { projects: new Map(found.map((project) => [project.code, project])), names };
  }

  const importer = rowByRow(look, plan, (given) => {
    const { project: _, ...fields } = given.fields;
    const { sound, faults } = checkedRow(NewFundsEntry, fields, given.faults);
    if (faults.length === 0) increase(passed, `${projectOf(given)} ${sameness(sound)}`);
  });
  // Entries are matched one to one: two identical ones are different entries.
  return { ...importer, needsEarlierRows: true };
}
