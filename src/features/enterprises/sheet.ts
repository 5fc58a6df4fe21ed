/** The sheet of enterprises. */
import { column, idColumn, nameEnColumn, type SheetTable } from '../../sheets/columns.ts';

export const enterpriseSheet: SheetTable = {
  key: 'name',
  columns: [
    idColumn,
    column('name', 'text', '企业名称', 'Name', [
      '名称',
      '企业',
      '单位名称',
      '公司名称',
      'Enterprise',
      'Company',
    ]),
    nameEnColumn,
    column('socialCreditCode', 'code', '统一社会信用代码', 'Social credit code', [
      '社会信用代码',
      '信用代码',
      'Unified social credit code',
      'socialCreditCode',
    ]),
    column('country', 'code', '国别', 'Country', ['国家', '国家代码', '国别代码', 'Country code']),
    column('province', 'text', '省份', 'Province', ['所在省份', '所属省份', '省', 'Province or state']),
    column('rankings', 'list', '500强排名', 'Top-500 rankings', [
      '500强',
      '入榜情况',
      '榜单排名',
      'Rankings',
    ]),
  ],
};
