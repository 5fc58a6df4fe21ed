/** Maps projects between requests, database and responses. */
import { searchText } from '../../database/search-text.ts';
import { operatingStatus, overdue, sameYear } from './lifecycle.ts';
import type { ProjectRecord, ProjectRow } from './repository.ts';
import type { NewProject, Project, ProjectChanges } from './schema.ts';

/** All fields that a client may give. */
export type Input = { [Field in keyof NewProject]-?: Exclude<NewProject[Field], undefined> };

/** Some of these fields. */
type Given = { [Field in keyof Input]?: Input[Field] | null | undefined };

/**
 * All fields that a client may give, null if not given. Written out in the order of canonical JSON: for a
 * sheet of projects, building such objects from lists of names takes as long as checking the cells.
 */
export const complete = (given: Given): Input =>
  ({
    agreedProductionOn: given.agreedProductionOn ?? null,
    agreedStartOn: given.agreedStartOn ?? null,
    code: given.code,
    completedOn: given.completedOn ?? null,
    contractAmount: given.contractAmount ?? null,
    contractCurrency: given.contractCurrency ?? null,
    contractedFundsYuan: given.contractedFundsYuan ?? null,
    description: given.description ?? null,
    event: given.event ?? null,
    industry: given.industry ?? null,
    investmentEstimated: given.investmentEstimated ?? false,
    investmentYuan: given.investmentYuan,
    investorIds: given.investorIds ?? [],
    level: given.level,
    name: given.name,
    nameEn: given.nameEn ?? null,
    note: given.note ?? null,
    owner: given.owner ?? null,
    productionOn: given.productionOn ?? null,
    region: given.region ?? null,
    registeredOn: given.registeredOn ?? null,
    resumedOn: given.resumedOn ?? null,
    signedOn: given.signedOn,
    startedOn: given.startedOn ?? null,
    suspendedOn: given.suspendedOn ?? null,
    terminatedOn: given.terminatedOn ?? null,
    zone: given.zone ?? null,
  }) satisfies { [Field in keyof Input]: unknown } as Input;

/** Adds the derived fields of a day to a stored project. The order of fields is that of responses. */
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

/** The current values of the fields that a client may give. */
export const inputOf = (row: ProjectRow): Input =>
  complete({
    ...row,
    level: row.level as Input['level'],
    investorIds: row.investors.map(({ id }) => id),
  });

/** Applies a merge patch (RFC 7396); a cleared list becomes empty. */
export function merge(before: Input, changes: ProjectChanges): Input {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  return complete({ ...before, ...given });
}

/** The text that `q` searches. */
export const searchTextOf = ({
  code,
  name,
  nameEn,
}: Pick<ProjectRecord, 'code' | 'name' | 'nameEn'>): string => searchText(code, name, nameEn);

/** The columns for the fields that a client may give. */
export function columnsOf({ investorIds, ...fields }: Input) {
  return {
    ...fields,
    leadInvestorId: investorIds[0] ?? null,
    searchText: searchTextOf(fields),
  };
}

/** The next version of a row. */
export const changedRow = (row: ProjectRow, now: string, changes: Partial<ProjectRecord>): ProjectRecord => ({
  ...row,
  searchText: searchTextOf(row),
  ...changes,
  version: row.version + 1,
  updatedAt: now,
});
