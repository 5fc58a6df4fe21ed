/** The sheet of cluster members. */
import { column, idColumn, type SheetTable, wordsOf } from '../../sheets/columns.ts';
import { roles } from './membership.ts';

export const memberSheet: SheetTable = {
  key: 'cluster',
  columns: [
    idColumn,
    column('cluster', 'text', '产业集群', 'Cluster', [
      '集群',
      '集群名称',
      '产业集群名称',
      '所属集群',
      'Cluster name',
    ]),
    column('enterprise', 'text', '企业名称', 'Enterprise', [
      '企业',
      '成员企业',
      '引进企业',
      '配套企业',
      '名称',
      '单位名称',
      '公司名称',
      'Company',
      'Member',
      'Name',
    ]),
    column('enterpriseCode', 'code', '统一社会信用代码', 'Social credit code', [
      '社会信用代码',
      '信用代码',
      'Unified social credit code',
      'socialCreditCode',
    ]),
    column('role', 'code', '角色', 'Role', ['类型', '成员类型', '上下游', '产业链环节', '产业链位置'], {
      words: wordsOf(roles),
      otherWords: { 上游企业: 'upstream', 下游企业: 'downstream', 配套企业: 'supporting' },
    }),
    column('introducedOn', 'day', '引进日期', 'Introduced', [
      '引进时间',
      '入驻日期',
      '入驻时间',
      'Introduced on',
      'Date introduced',
    ]),
    column('leftOn', 'day', '退出日期', 'Left', ['退出时间', '迁出日期', '迁出时间', 'Left on', 'Date left']),
    column('project', 'code', '项目编号', 'Project code', ['项目编码', '项目代码', '带来项目', 'Project']),
    column('note', 'text', '备注', 'Note', ['说明', 'Notes', 'Remarks']),
  ],
};
