/** Maps projects between requests, database and responses. */
import { searchText } from '../../database/search-text.ts';
import { operatingStatus, overdue, sameYear } from './lifecycle.ts';
import type { ProjectRecord, ProjectRow } from './repository.ts';
import type { NewProject, Project, ProjectChanges } from './schema.ts';

/** What a client may give, all of it. */
export type Input = { [Field in keyof NewProject]-?: Exclude<NewProject[Field], undefined> };

/** The same, as far as it is given. */
type Given = { [Field in keyof Input]?: Input[Field] | null | undefined };

/**
 * Every field that a client may give; what is not given is unknown. Written out, and in the order of canonical JSON: a
 * sheet of projects spends as long on making such objects from lists of names as on checking its cells.
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
export const inputOf = (row: ProjectRow): Input =>
  complete({
    ...row,
    level: row.level as Input['level'],
    investorIds: row.investors.map(({ id }) => id),
  });

/** A merge patch (RFC 7396); a list that is cleared is empty. */
export function merge(before: Input, changes: ProjectChanges): Input {
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  return complete({ ...before, ...given });
}

/** What a project is found by. */
export const searchTextOf = ({
  code,
  name,
  nameEn,
}: Pick<ProjectRecord, 'code' | 'name' | 'nameEn'>): string => searchText(code, name, nameEn);

/** The columns that hold what a client gave. */
export function columnsOf({ investorIds, ...fields }: Input) {
  return {
    ...fields,
    leadInvestorId: investorIds[0] ?? null,
    searchText: searchTextOf(fields),
  };
}

/** A row for its next version. */
export const changedRow = (row: ProjectRow, now: string, changes: Partial<ProjectRecord>): ProjectRecord => ({
  ...row,
  searchText: searchTextOf(row),
  ...changes,
  version: row.version + 1,
  updatedAt: now,
});
