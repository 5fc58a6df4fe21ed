/** The entities that can be imported from sheets: projects by default. */
import type * as z from 'zod';
import type { SheetTable } from '../../sheets/columns.ts';
import { mappingOf } from '../../sheets/reading/mapping.ts';
import { memberSheet } from '../clusters/sheet.ts';
import { enterpriseSheet } from '../enterprises/sheet.ts';
import { eventSheet } from '../events/sheet.ts';
import { contactSheet } from '../outreach/sheet.ts';
import { fundsSheet } from '../projects/funds-sheet.ts';
import { projectSheet } from '../projects/sheet.ts';
import { industrySheet, regionSheet, zoneSheet } from '../references/sheet.ts';

export const tables = {
  projects: projectSheet,
  enterprises: enterpriseSheet,
  regions: regionSheet,
  zones: zoneSheet,
  industries: industrySheet,
  funds: fundsSheet,
  events: eventSheet,
  contacts: contactSheet,
  cluster_members: memberSheet,
} as const satisfies Record<string, SheetTable>;

export type ImportEntity = keyof typeof tables;
export const importEntities = Object.keys(tables) as [ImportEntity, ...ImportEntity[]];

export const Mapping = mappingOf(tables, {
  entity: 'projects',
  headingRow: 2,
  fields: {
    code: { from: 'Project Id' },
    level: { constant: 'provincial' },
    investmentYuan: { from: 'Current Project Cost', rounding: 'down' },
    completedOn: {
      from: 'Project Closing Date',
      dates: ['MM/DD/YYYY'],
      when: { column: 'Project Status', in: ['Closed'] },
    },
  },
});
export type Mapping = z.infer<typeof Mapping>;
