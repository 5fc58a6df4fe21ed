/** The sheet of events. */
import { column, nameEnColumn, type SheetTable } from '../../sheets/columns.ts';

export const eventSheet: SheetTable = {
  key: 'code',
  columns: [
    column('code', 'code', '活动代码', 'Code', ['代码', '编号', '活动编号', '经贸活动代码', 'Event code']),
    column('name', 'text', '活动名称', 'Name', ['名称', '经贸活动', '活动', 'Event', 'Event name']),
    nameEnColumn,
    column('series', 'text', '系列', 'Series', ['活动系列']),
    column('edition', 'integer', '届次', 'Edition', ['年份', '届', 'Year']),
    column('hostCity', 'text', '举办城市', 'Host city', ['举办地', '举办地点', 'City', 'hostCity']),
    column('startsOn', 'day', '开始日期', 'Starts', ['开始时间', '开幕日期', 'Start date', 'startsOn']),
    column('endsOn', 'day', '结束日期', 'Ends', ['结束时间', '闭幕日期', 'End date', 'endsOn']),
    column('note', 'text', '备注', 'Note', ['说明', 'Notes', 'Remarks']),
  ],
};
