/** The texts of the clerks' corner. */
import { inLanguage, type Text } from './language.ts';

const words = {
  title: { zh: '数据导入', en: 'Import a sheet' },
  intro: {
    zh: '先预览，后提交：预览只显示会改什么、哪些单元格有误，不写入任何数据。',
    en: 'Preview first, then commit: a preview shows what would change and which cells are wrong, and writes nothing.',
  },
  needsEditor: {
    zh: '导入需要具有编辑权限的密钥。',
    en: 'To import, you need the key of an editor.',
  },
  template: { zh: '下载项目模板', en: 'Download the template for projects' },
  templateHint: { zh: '内含填写说明和下拉选项。', en: 'With explanations and drop-downs.' },
  entity: { zh: '导入内容', en: 'What the sheet contains' },
  unit: { zh: '表头未注明单位时，金额按', en: 'Amounts without a unit are in' },
  yuan: { zh: '元', en: 'yuan' },
  wan: { zh: '万元', en: 'ten thousand yuan (万元)' },
  yi: { zh: '亿元', en: '100 million yuan (亿元)' },
  partial: { zh: '有误的行跳过，其余照常导入', en: 'Leave out faulty rows, import the others' },
  createEnterprises: { zh: '自动新建未登记的投资方', en: 'Create investors that are not on record' },
  drop: { zh: '把表格拖到这里，或点击选择文件', en: 'Drop a sheet here, or choose a file' },
  formats: { zh: 'xlsx、csv、ods、ndjson、json', en: 'xlsx, csv, ods, ndjson, json' },
  preview: { zh: '预览结果', en: 'Preview' },
  result: { zh: '导入结果', en: 'Result' },
  rows: { zh: '行数', en: 'Rows' },
  created: { zh: '新增', en: 'New' },
  changed: { zh: '变更', en: 'Changed' },
  unchanged: { zh: '未变', en: 'Unchanged' },
  refused: { zh: '有误', en: 'Refused' },
  commit: { zh: '提交导入', en: 'Commit' },
  other: { zh: '换一个文件', en: 'Another file' },
  cancel: { zh: '取消导入', en: 'Cancel the import' },
  changes: { zh: '将要变更的内容（前 {n} 条）', en: 'What would change (the first {n})' },
  changesDone: { zh: '变更的内容（前 {n} 条）', en: 'What changed (the first {n})' },
  faults: { zh: '有误的单元格（{n} 处）', en: 'Faulty cells ({n})' },
  faultsShown: { zh: '以下为前 {n} 处', en: 'The first {n} are below' },
  faultReport: { zh: '下载问题清单（Excel）', en: 'Download the faults as Excel' },
  row: { zh: '行', en: 'Row' },
  column: { zh: '列', en: 'Column' },
  value: { zh: '内容', en: 'Value' },
  problem: { zh: '问题', en: 'Problem' },
  record: { zh: '记录', en: 'Record' },
  field: { zh: '字段', en: 'Field' },
  ignored: { zh: '未读取的列：', en: 'Columns that are not read: ' },
  warnings: { zh: '请核对', en: 'Please check' },
  done: { zh: '已写入。', en: 'Written.' },
  nothingWritten: { zh: '没有写入任何数据。', en: 'Nothing was written.' },
  fixFirst: {
    zh: '请在表格中改正有误的单元格后重新选择文件，或勾选“有误的行跳过”。',
    en: 'Correct these cells in the sheet and choose it again, or tick “Leave out faulty rows”.',
  },
  cancelled: { zh: '导入已取消。', en: 'The import was cancelled.' },
  failed: { zh: '导入失败。', en: 'The import failed.' },
  sending: { zh: '正在上传', en: 'Uploading' },
  waiting: { zh: '排队等待', en: 'Waiting' },
  reading: { zh: '正在读取', en: 'Reading' },
  checking: { zh: '正在核对', en: 'Checking' },
  writing: { zh: '正在写入', en: 'Writing' },
} as const satisfies Record<string, Text>;

export type CornerWord = keyof typeof words;

export const tell = (word: CornerWord, values: Readonly<Record<string, string | number>> = {}): string =>
  inLanguage(words[word]).replaceAll(/\{(\w+)\}/g, (all, name) => String(values[name] ?? all));
