/** Sheets of regions, industries and zones. */
import { named } from '../../core/names.ts';
import { column, nameEnColumn, type SheetTable } from '../../sheets/columns.ts';

export const zoneLevelNames = named([
  { code: 'national', name: '国家级', nameEn: 'national' },
  { code: 'provincial', name: '省级', nameEn: 'provincial' },
]);

export const regionSheet: SheetTable = {
  key: 'code',
  columns: [
    column('code', 'code', '行政区划代码', 'Code', ['代码', '区划代码', 'Region code']),
    column('name', 'text', '名称', 'Name', [
      '行政区划',
      '行政区划名称',
      '区划名称',
      '地区',
      'Region',
      'Region name',
    ]),
    nameEnColumn,
    column('parent', 'code', '上级代码', 'Parent', ['上级', '上级区划', '上级行政区划', 'Parent code']),
  ],
};

export const industrySheet: SheetTable = {
  key: 'code',
  columns: [
    column('code', 'code', '行业代码', 'Code', ['代码', '类别代码', 'Industry code']),
    column('name', 'text', '名称', 'Name', ['行业', '行业名称', '类别名称', 'Industry', 'Industry name']),
    nameEnColumn,
    column('parent', 'code', '上级代码', 'Parent', ['上级', '门类', '门类代码', 'Section', 'Parent code']),
  ],
};

export const zoneSheet: SheetTable = {
  key: 'code',
  columns: [
    column('code', 'code', '园区代码', 'Code', ['代码', '编号', 'Zone code']),
    column('name', 'text', '园区名称', 'Name', ['名称', '园区', '开发区', '开发区名称', 'Zone', 'Zone name']),
    nameEnColumn,
    column('level', 'code', '园区级别', 'Level', ['级别'], { words: zoneLevelNames }),
    column('region', 'code', '行政区划', 'Region', [
      '行政区划代码',
      '区划代码',
      '所在地',
      '属地',
      'Region code',
    ]),
  ],
};
