/** The sheet of contacts. */
import { column, idColumn, type SheetTable, wordsOf } from '../../sheets/columns.ts';
import { channels, guestLevels } from './stages.ts';

export const contactSheet: SheetTable = {
  key: 'enterprise',
  columns: [
    idColumn,
    column('code', 'code', '对接编号', 'Code', ['编号', '代码', '线索编号', 'Contact code']),
    column('enterprise', 'text', '企业名称', 'Enterprise', [
      '企业',
      '对接企业',
      '名称',
      '单位名称',
      '公司名称',
      'Company',
      'Name',
    ]),
    column('enterpriseCode', 'code', '统一社会信用代码', 'Social credit code', [
      '社会信用代码',
      '信用代码',
      'Unified social credit code',
      'socialCreditCode',
    ]),
    column('event', 'code', '经贸活动', 'Event', ['活动', '对接活动', '届次']),
    column('delegation', 'code', '小分队', 'Delegation', [
      '小分队园区',
      '派出园区',
      '园区',
      'Zone',
      'Zone of the delegation',
    ]),
    column('region', 'code', '行政区划', 'Region', [
      '行政区划代码',
      '区划代码',
      '跟进地区',
      '市州',
      '属地',
      'Region code',
    ]),
    column('channel', 'code', '对接方式', 'Channel', ['方式', '对接渠道', '渠道', '来源'], {
      words: wordsOf(channels),
    }),
    column('guestLevel', 'code', '嘉宾级别', 'Guest level', ['级别', '嘉宾职级', '职级', 'Level'], {
      words: wordsOf(guestLevels),
    }),
    column('contactedOn', 'day', '对接日期', 'Contacted', [
      '对接时间',
      '日期',
      '接触日期',
      'Contact date',
      'Date',
    ]),
    column('negotiatingOn', 'day', '洽谈日期', 'Negotiating', [
      '洽谈时间',
      '进入洽谈日期',
      'Negotiation date',
    ]),
    column('signedOn', 'day', '签约日期', 'Signed', ['签约时间', 'Signing date', 'Date signed']),
    column('lostOn', 'day', '流失日期', 'Lost', ['流失时间', '放弃日期', 'Date lost']),
    column('project', 'code', '项目编号', 'Project code', ['项目编码', '项目代码', '形成项目', 'Project']),
    column('note', 'text', '备注', 'Note', ['说明', 'Notes', 'Remarks']),
  ],
};
