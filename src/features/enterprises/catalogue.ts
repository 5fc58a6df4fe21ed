/** Enterprises as a catalogue. */
import type { Catalogue } from '../../catalogues/catalogue.ts';
import { searchText } from '../../database/search-text.ts';
import { enterpriseMatcher } from './matching.ts';
import { rankingsInSheet, withRankings } from './ranking-lines.ts';
import { rankingRows, rankingsOf, replaceRankings } from './repository.ts';
import { Enterprise, enterpriseInputs } from './schema.ts';
import { enterpriseSheet } from './sheet.ts';

export const enterprises: Catalogue = {
  entity: 'enterprises',
  sheet: enterpriseSheet,
  matcher: enterpriseMatcher,
  inSheet: rankingsInSheet,
  fromSheet: withRankings,
  key: 'id',
  item: Enterprise,
  ...enterpriseInputs,
  columns: ['id', 'name', 'nameEn', 'socialCreditCode', 'country', 'province'],
  references: {},
  referencedBy: [
    { by: 'projects', table: 'projectInvestors', column: 'enterpriseId' },
    { by: 'clusters', table: 'clusters', column: 'leader' },
    { by: 'cluster_members', table: 'clusterMembers', column: 'enterprise' },
    { by: 'contacts', table: 'contacts', column: 'enterprise' },
  ],
  sortedBy: ['name'],
  filters: {
    country: Enterprise.shape.country
      .unwrap()
      .optional()
      .meta({ description: 'From this country.', example: 'CN' }),
    socialCreditCode: Enterprise.shape.socialCreditCode
      .unwrap()
      .optional()
      .meta({ description: 'With this unified social credit code.', example: '91350100M000100Y43' }),
  },
  searchable: true,
  unique: 'socialCreditCode',
  derived: ({ name, nameEn }) => ({ searchText: searchText(name as string, nameEn as string | null) }),
  editors: true,
  inEveryRegion: ['country', 'province', 'rankings'],
  part: {
    field: 'rankings',
    table: 'rankings',
    of: 'enterpriseId',
    key: ['list', 'year'],
    load: rankingsOf,
    save: replaceRankings,
    rows: rankingRows,
  },
};
