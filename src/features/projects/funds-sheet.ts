/** The sheet of funds. */
import { column, type SheetTable } from '../../sheets/columns.ts';

export const fundsSheet: SheetTable = {
  key: 'project',
  columns: [
    column('project', 'code', '项目编号', 'Project code', [
      '项目编码',
      '项目代码',
      '编号',
      'Code',
      'Project',
    ]),
    column('receivedOn', 'day', '到位日期', 'Received', [
      '到位时间',
      '到账日期',
      '到账时间',
      '日期',
      'Received on',
      'Date received',
      'Date',
    ]),
    column('amountYuan', 'money', '到位资金', 'Amount', [
      '到位金额',
      '到位资金额',
      '到账金额',
      '实际到位资金',
      '金额',
      'Funds in place',
      'Amount received',
    ]),
    column('note', 'text', '备注', 'Note', ['说明', 'Notes', 'Remarks']),
  ],
};
