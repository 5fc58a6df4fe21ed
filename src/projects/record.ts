/** Between what a client gives, what is stored, and what is answered. */
import { searchText } from '../database/search-text.ts';
import { operatingStatus, overdue, sameYear } from './lifecycle.ts';
import type { ProjectRecord, ProjectRow } from './repository.ts';
import type { NewProject, Project, ProjectChanges } from './schema.ts';

/** Every field that a client may give, at the value that stands for "not given". */
export const UNKNOWN: Omit<Input, 'code' | 'name' | 'level' | 'signedOn' | 'investmentYuan'> = {
  nameEn: null,
  description: null,
  event: null,
  region: null,
  zone: null,
  industry: null,
  investorIds: [],
  owner: null,
  contractAmount: null,
  contractCurrency: null,
  investmentEstimated: false,
  contractedFundsYuan: null,
  registeredOn: null,
  startedOn: null,
  completedOn: null,
  productionOn: null,
  suspendedOn: null,
  resumedOn: null,
  terminatedOn: null,
  agreedStartOn: null,
  agreedProductionOn: null,
  note: null,
};

/** What a client may give, all of it. */
export type Input = { [Field in keyof NewProject]-?: Exclude<NewProject[Field], undefined> };

/** What follows from a stored project on a day. The order of the fields is the order of the answer. */
export function toProject(row: ProjectRow, asOf: string): Project {
  return {
    id: row.id,
    code: row.code,
    name: row.name,
    nameEn: row.nameEn,
    description: row.description,
    event: row.event,
    level: row.level as Project['level'],
    region: row.region,
    zone: row.zone,
    industry: row.industry,
    investors: row.investors,
    owner: row.owner,
    contractAmount: row.contractAmount,
    contractCurrency: row.contractCurrency,
    investmentYuan: row.investmentYuan,
    investmentEstimated: row.investmentEstimated,
    contractedFundsYuan: row.contractedFundsYuan,
    signedOn: row.signedOn,
    registeredOn: row.registeredOn,
    startedOn: row.startedOn,
    completedOn: row.completedOn,
    productionOn: row.productionOn,
    suspendedOn: row.suspendedOn,
    resumedOn: row.resumedOn,
    terminatedOn: row.terminatedOn,
    agreedStartOn: row.agreedStartOn,
    agreedProductionOn: row.agreedProductionOn,
    note: row.note,
    operatingStatus: operatingStatus(row, asOf),
    fundsInPlaceYuan: row.fundsInPlaceYuan,
    sameYear: sameYear(row, asOf),
    overdue: overdue(row, asOf),
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    archivedAt: row.archivedAt,
  };
}

/** The fields of a project that a client may give, as they stand. */
export function inputOf(row: ProjectRow, project: Project): Input {
  const fields: Record<string, unknown> = { ...row, investorIds: project.investors.map(({ id }) => id) };
  const names = ['code', 'name', 'level', 'signedOn', 'investmentYuan', ...Object.keys(UNKNOWN)];
  return Object.fromEntries(names.map((name) => [name, fields[name]])) as Input;
}

/** A merge patch (RFC 7396); a list that is cleared is empty. */
export function merge(before: Input, changes: ProjectChanges): Input {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const after = { ...before, ...given } as Input;
  return { ...after, investorIds: after.investorIds ?? [] };
}

/** The columns that hold what a client gave. */
export function columnsOf({ investorIds, ...fields }: Input) {
  return {
    ...fields,
    leadInvestorId: investorIds[0] ?? null,
    searchText: searchText(fields.code, fields.name, fields.nameEn),
  };
}

/** A row for its next version. */
export const changedRow = (row: ProjectRow, now: string, changes: Partial<ProjectRecord>): ProjectRecord => ({
  ...row,
  searchText: searchText(row.code, row.name, row.nameEn),
  ...changes,
  version: row.version + 1,
  updatedAt: now,
});
