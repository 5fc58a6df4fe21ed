/** API schemas of regions, industries and zones. */
import * as z from 'zod';
import type { Catalogue } from '../../catalogues/catalogue.ts';
import { inputSchemas } from '../../catalogues/input-schemas.ts';
import { industryCode, line, regionCode, slug } from '../../http/fields.ts';
import { industrySheet, regionSheet, zoneSheet } from './sheet.ts';

const name = line(200).meta({ description: 'Name in Chinese.' });
const nameEn = line(200).nullable().meta({ description: 'Name in English.' });

const regionFields = {
  code: regionCode.meta({ description: 'GB/T 2260 code.', examples: ['431025'] }),
  name,
  nameEn,
  parent: regionCode.nullable().meta({ description: 'Code of the parent region.' }),
};

const regionExample = { code: '431025', name: '临武县', nameEn: 'Linwu County', parent: '431000' };

export const Region = z.object(regionFields).meta({
  id: 'Region',
  description: 'A province, prefecture or county.',
  examples: [regionExample],
});

const industryFields = {
  code: industryCode.meta({
    description: 'Section letter or two-digit division of GB/T 4754-2017.',
    examples: ['39'],
  }),
  name,
  nameEn,
  parent: industryCode.nullable().meta({ description: 'The section of a division.' }),
};

const industryExample = {
  code: '39',
  name: '计算机、通信和其他电子设备制造业',
  nameEn: 'Manufacture of computers, communication and other electronic equipment',
  parent: 'C',
};

export const Industry = z.object(industryFields).meta({
  id: 'Industry',
  description: 'A section or division of the industry classification.',
  examples: [industryExample],
});

const zoneFields = {
  code: slug.meta({ description: 'Human-readable code of the zone.', examples: ['changsha-etdz'] }),
  name,
  nameEn,
  level: z.enum(['national', 'provincial']),
  region: regionCode.nullable().meta({ description: 'Its region.' }),
};

const zoneExample = {
  code: 'changsha-etdz',
  name: '长沙经济技术开发区',
  nameEn: 'Changsha Economic and Technological Development Zone',
  level: 'national',
  region: '430121',
};

export const Zone = z.object(zoneFields).meta({
  id: 'Zone',
  description: 'A development zone.',
  examples: [zoneExample],
});

export const regions: Catalogue = {
  entity: 'regions',
  sheet: regionSheet,
  key: 'code',
  item: Region,
  ...inputSchemas('Region', regionFields, ['code', 'name'], regionExample, 'name', {
    code: '431098',
    name: '示例县',
    nameEn: 'Example County',
  }),
  columns: Object.keys(regionFields),
  references: { parent: 'regions' },
  referencedBy: [
    { by: 'projects', table: 'projects', column: 'region' },
    { by: 'zones', table: 'zones', column: 'region' },
    { by: 'regions', table: 'regions', column: 'parent' },
    { by: 'clusters', table: 'clusters', column: 'region' },
    { by: 'contacts', table: 'contacts', column: 'region' },
  ],
  sortedBy: ['name'],
  filters: {
    parent: regionCode.optional().meta({ description: 'Directly part of this region.', example: '430100' }),
  },
};

export const industries: Catalogue = {
  entity: 'industries',
  sheet: industrySheet,
  key: 'code',
  item: Industry,
  ...inputSchemas('Industry', industryFields, ['code', 'name'], industryExample, 'name', {
    code: '99',
    name: '示例行业',
    nameEn: 'Example industry',
  }),
  columns: Object.keys(industryFields),
  references: { parent: 'industries' },
  referencedBy: [
    { by: 'projects', table: 'projects', column: 'industry' },
    { by: 'industries', table: 'industries', column: 'parent' },
    { by: 'clusters', table: 'clusters', column: 'industry' },
  ],
  sortedBy: ['name'],
  filters: {
    parent: industryCode.optional().meta({ description: 'Directly part of this section.', example: 'C' }),
  },
};

export const zones: Catalogue = {
  entity: 'zones',
  sheet: zoneSheet,
  key: 'code',
  item: Zone,
  ...inputSchemas('Zone', zoneFields, ['code', 'name', 'level'], zoneExample, 'name', {
    code: 'example-zone',
    name: '示例园区',
    nameEn: 'Example zone',
  }),
  columns: Object.keys(zoneFields),
  references: { region: 'regions' },
  referencedBy: [
    { by: 'projects', table: 'projects', column: 'zone' },
    { by: 'delegations', table: 'delegations', column: 'zone' },
  ],
  sortedBy: ['name'],
  filters: {
    region: regionCode.optional().meta({ description: 'In exactly this region.', example: '430121' }),
    level: zoneFields.level.optional().meta({ description: 'Of this level.', example: 'national' }),
  },
};
