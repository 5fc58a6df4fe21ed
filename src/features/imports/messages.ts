/** Messages about imported files. */
import type { Message } from '../../core/languages.ts';
import type { Messages, ProblemMessage } from '../../http/messages.ts';
import { mappingFaults } from './mapping-messages.ts';

/** Reasons for refusing a whole file, and messages about imports. */
const problems = {
  'imports.empty_file': { status: 422, en: 'The file is empty.', zh: '文件为空。' },
  'imports.too_large': {
    status: 413,
    en: 'The file exceeds the {max} MB limit for {format}.',
    zh: '文件超过 {max} MB，此为 {format} 文件的上限。',
  },
  'imports.unknown_format': {
    status: 422,
    en: 'The file is {kind}; {remedy}. CSV, Excel workbooks (.xlsx), OpenDocument spreadsheets (.ods) and NDJSON (one JSON object per line) are read.',
    zh: '文件为{kind}；{remedy}。可读取 CSV、Excel 工作簿（.xlsx）、OpenDocument 电子表格（.ods）和 NDJSON（每行一个 JSON 对象）。',
  },
  'imports.wrong_format': {
    status: 422,
    en: 'Declared as {said}, but the content is {found}.',
    zh: '文件声明为 {said}，实际为 {found}。',
  },
  'imports.old_or_locked_workbook': {
    status: 422,
    en: 'The workbook has a password or the format of Excel 97–2003 (.xls); save it as .xlsx without a password.',
    zh: '该工作簿设有密码或为 Excel 97–2003 格式（.xls）；请另存为不带密码的 .xlsx 文件。',
  },
  'imports.macro_workbook': {
    status: 422,
    en: 'The workbook contains macros, which are not accepted; save it as .xlsx.',
    zh: '该工作簿含有宏，不予接收；请另存为 .xlsx 文件。',
  },
  'imports.not_a_workbook': {
    status: 422,
    en: 'The file is not a readable workbook; open it in Excel and save it as .xlsx. ({reason})',
    zh: '文件不是可读取的工作簿；请用 Excel 打开并另存为 .xlsx。（{reason}）',
  },
  'imports.damaged_workbook': {
    status: 422,
    en: 'The workbook is damaged or incomplete; send it again. ({reason})',
    zh: '工作簿已损坏或不完整，请重新发送。（{reason}）',
  },
  'imports.zip_too_large': {
    status: 413,
    en: 'The workbook exceeds the unpacked-size limit of {max} {what}.',
    zh: '工作簿解压后超出限度：最多 {max} {what}。',
  },
  'imports.no_sheet': {
    status: 422,
    en: 'There is no visible worksheet “{sheet}”. Visible worksheets: {sheets}.',
    zh: '没有可见的工作表“{sheet}”；现有：{sheets}。',
  },
  'imports.no_sheet_at': {
    status: 422,
    en: 'There is no visible worksheet {sheet}; there are {count}: {sheets}. Correct `sheet` in the mapping.',
    zh: '没有第 {sheet} 个可见的工作表；共有 {count} 个：{sheets}。请更正映射中的 sheet。',
  },
  'imports.no_headings': {
    status: 422,
    en: 'No header row was found in the first {rows} rows. Found there: {headings}',
    zh: '前 {rows} 行中未找到表头。其中的内容为：{headings}',
  },
  'imports.unknown_unit': {
    status: 422,
    en: 'Row {row} gives an unknown unit of amounts: “{unit}”. Say with unit= what the amounts are in (yuan, qian, wan, baiwan, yi, shiyi); amounts in another currency need a mapping.',
    zh: '第 {row} 行所注金额单位“{unit}”无法识别。请用 unit= 指明单位（yuan、qian、wan、baiwan、yi、shiyi）；外币金额须使用映射。',
  },
  'imports.unit_of_currency': {
    status: 422,
    en: 'The mapping reads “{heading}” as {currency}, but the file says “{text}”. Correct the currency, or say with `unit` in the mapping what the amounts are in.',
    zh: '映射指明“{heading}”列的币种为 {currency}，而文件所注为“{text}”。请更正币种，或在映射中用 unit 指明金额单位。',
  },
  'imports.column_twice': {
    status: 422,
    en: 'Two columns map to {field}: {columns}. Remove or rename one.',
    zh: '有两列对应同一字段 {field}：{columns}。请删除或改名其中一列。',
  },
  'imports.missing_headings': {
    status: 422,
    en: 'The mapping names headings that are missing from row {row}: {headings}',
    zh: '映射所指的表头在文件第 {row} 行中不存在：{headings}',
  },
  'imports.no_rows': {
    status: 422,
    en: 'The JSON document has no array at “{path}”; say with rows in the mapping where it is.',
    zh: 'JSON 文档中没有位于“{path}”的数组；请在映射的 rows 中指明其位置。',
  },
  'imports.invalid_json': {
    status: 422,
    en: 'The JSON document is incomplete or not valid after {rows} {rows:row|rows}; export it again.',
    zh: 'JSON 文档在读取 {rows} 行之后不完整或不合语法；请重新导出。',
  },
  'imports.too_many_rows': {
    status: 413,
    en: 'The file has more than {max} rows; split it.',
    zh: '文件超过 {max} 行，请拆分。',
  },
  'imports.too_many_columns': {
    status: 422,
    en: 'Row {row} has more than {max} non-empty columns.',
    zh: '第 {row} 行有内容的列超过 {max} 列。',
  },
  'imports.no_proposal_for_json': {
    status: 422,
    en: 'A mapping is proposed for tables with headings only; for JSON, write one whose from are paths.',
    zh: '仅能为有表头的表格生成映射；JSON 文件请自行编写映射，from 填写字段路径。',
  },
  'imports.too_many_merges': {
    status: 422,
    en: 'The worksheet has more than {max} merged ranges; unmerge its cells.',
    zh: '工作表的合并区域超过 {max} 处；请取消合并单元格。',
  },
  'imports.record_too_large': {
    status: 422,
    en: 'Row {row} has more than {max} characters.',
    zh: '第 {row} 行超过 {max} 个字符。',
  },
  'imports.unclosed_quote': {
    status: 422,
    en: 'The quotation mark opened in row {row} is never closed.',
    zh: '第 {row} 行的引号没有配对的结束引号。',
  },
  'imports.misplaced_quote': {
    status: 422,
    en: 'Row {row} has text after a closing quotation mark; double a quotation mark inside a quoted value.',
    zh: '第 {row} 行在结束引号之后还有文字；引号内的引号应写两次。',
  },
  'imports.wrong_encoding': {
    status: 422,
    en: 'The file is not text in {encoding}.',
    zh: '文件不是 {encoding} 编码的文本。',
  },
  'imports.incomplete': {
    status: 422,
    en: 'The last line declares {count} {count:row|rows}, but the file has {rows}: it is incomplete.',
    zh: '末行标明 {count} 行，实际为 {rows} 行：文件不完整。',
  },
  'imports.out_of_memory': {
    status: 422,
    en: 'Reading the file exceeds the memory limit; split it.',
    zh: '读取该文件所需内存超出限度，请拆分。',
  },
  'imports.too_slow': {
    status: 422,
    en: 'Reading the file exceeds the time limit of {seconds} seconds; split it.',
    zh: '读取该文件超过 {seconds} 秒，请拆分。',
  },
  'imports.not_readable': {
    status: 422,
    en: 'The file could not be read; save it again as .xlsx or CSV.',
    zh: '无法读取该文件；请重新保存为 .xlsx 或 CSV。',
  },
  'imports.key_required': {
    status: 428,
    en: 'A commit requires an Idempotency-Key, so that sending the file again does nothing twice.',
    zh: '提交导入须带 Idempotency-Key，以免重复提交产生重复效果。',
  },
  'imports.no_file': {
    status: 422,
    en: 'The form needs exactly one file, and may have one field besides: mapping.',
    zh: '表单须包含且仅包含一个文件；此外只可有 mapping 一个字段。',
  },
  'imports.other_entity': {
    status: 422,
    en: 'The mapping is for {mapped}, not for {asked}.',
    zh: '该映射用于 {mapped}，而非 {asked}。',
  },
  'imports.faulty_rows': {
    status: 422,
    en: '{refused} of {rows} {rows:row|rows} {refused:has|have} errors and nothing was written; see errors. partial=true writes the rest.',
    zh: '{rows} 行中有 {refused} 行有误，未写入任何数据，详见 errors。partial=true 可只写入其余各行。',
  },
  'imports.changed_meanwhile': {
    status: 409,
    en: 'Errors appeared after {done} {done:row was|rows were} written, which {done:stays|stay}. Correct the file and send it again.',
    zh: '写入期间有数据发生变化，已写入前 {done} 行；请更正后重新提交。',
  },
  'imports.finished': {
    status: 409,
    en: 'The import has ended: {status}.',
    zh: '该导入已结束：{status}。',
  },
  'imports.not_yours': {
    status: 403,
    en: 'This import was sent with another key; only that key or an administrator can see or cancel it.',
    zh: '该导入由其他密钥提交，只有该密钥或管理员可以查看和取消。',
  },
  'imports.key_refused': {
    status: 403,
    en: 'The import was stopped because its key was revoked or has expired; the {done} {done:row already written stays|rows already written stay}.',
    zh: '提交该文件的密钥已被吊销或已过期，导入已终止；已写入 {done} 行。',
  },
  'imports.elsewhere': {
    status: 409,
    en: 'The import runs on another instance; only that instance can cancel it.',
    zh: '该导入正在另一服务实例上进行，只能在该实例上取消。',
  },
  'imports.too_many': {
    status: 503,
    en: 'There {max:is|are} {max} {max:import|imports} waiting already; try again shortly.',
    zh: '已有 {max} 个导入在等待，请稍后重试。',
  },
  'imports.too_many_of_key': {
    status: 429,
    en: 'This key already has {max} active {max:import|imports}, the most one key may have; try again when one has ended.',
    zh: '该密钥正在上传、等待和进行的导入已达 {max} 个（每个密钥的上限），请待其中之一结束后重试。',
  },
  'imports.quota_of_key': {
    status: 429,
    en: 'With this file, the active imports of this key would take {used} MB; one key may take {max} MB (a quarter of IMPORT_QUOTA). Try again when some have ended.',
    zh: '加上此文件，该密钥未结束的导入将占用 {used} MB，而每个密钥的上限为 {max} MB（IMPORT_QUOTA 的四分之一），请待其中部分结束后重试。',
  },
  'imports.quota': {
    status: 507,
    en: 'With this file, active imports would take {used} MB; the limit is {max} MB (IMPORT_QUOTA). Try again when some have ended.',
    zh: '加上此文件，所有未结束的导入将占用 {used} MB，而本服务的上限为 {max} MB（IMPORT_QUOTA），请待其中部分结束后重试。',
  },
  'imports.not_found': {
    status: 404,
    en: 'There is no import “{id}”. Imports and their reports are kept for {days} {days:day|days}, or less when space runs out: the oldest go first.',
    zh: '没有编号为“{id}”的导入。导入及其报告保留 {days} 天；空间不足时，最早的会提前清除。',
  },
  'imports.report_gone': {
    status: 404,
    en: 'The report is not available here. Reports are kept for {days} {days:day|days}, on the machine that read the file.',
    zh: '完整报告仅在读取该文件的服务实例上保留 {days} 天，此处没有。',
  },
  'imports.interrupted': {
    status: 503,
    en: 'The import was interrupted after {done} {done:row, which stays|rows, which stay}. Send the file again; {done:that row|those rows} will be unchanged.',
    zh: '导入被中断；已写入 {done} 行。请重新提交文件，已写入的行不会重复。',
  },
  'imports.no_room': {
    status: 503,
    en: 'There is no disk space left for uploads; see the service log.',
    zh: '服务器已无空间存放上传文件，已记入日志，请联系管理员。',
  },
} as const satisfies Record<string, ProblemMessage>;

/** Faults of cells, rows and mappings, and warnings. */
const faults = {
  ...mappingFaults,
  given_twice: {
    en: 'differs from the parameter of the same name; give one of them',
    zh: '与同名参数不一致，只需给出其中之一',
  },
  not_json: { en: 'is not a JSON object', zh: '不是 JSON 对象' },
  not_money: { en: 'must be an amount, like 1234.5 or 1,234.5', zh: '应为金额，如 1234.5 或 1,234.5' },
  fraction_of_yuan: {
    en: 'has a fraction of a yuan; amounts are whole yuan',
    zh: '不足一元的部分无法接受；金额应为整数元',
  },
  scientific_notation: {
    en: 'was shortened by a spreadsheet and may have lost digits; format the column as a number and save again',
    zh: '已被电子表格软件缩写，可能丢失数字；请将该列设为数值格式后重新保存',
  },
  not_a_whole_number: { en: 'must be a whole number', zh: '应为整数' },
  not_a_flag: { en: 'must be yes or no', zh: '应为“是”或“否”' },
  ambiguous_day: {
    en: 'is ambiguous: day or month first? Write it like 2020-06-29',
    zh: '无法判断哪个数字是月份；请写作 2020-06-29',
  },
  only_a_month: {
    en: 'names a month; give the day, or say with days=first or days=last which one counts',
    zh: '只有年月；请填写具体日期，或用 days=first、days=last 指明取月初或月末',
  },
  only_a_year: {
    en: 'names a year; give the day, or say with days=first or days=last which one counts',
    zh: '只有年份；请填写具体日期，或用 days=first、days=last 指明取年初或年末',
  },
  marks_taken_as_empty: {
    en: '{count} {count:cell|cells} in this column, such as “{mark}”, {count:was|were} taken as empty',
    zh: '该列有 {count} 个单元格（如“{mark}”）按空白处理',
  },
  time_of_day: {
    en: 'has a time of day; give a date only, like 2020-06-29',
    zh: '含有时刻；应只填日期，如 2020-06-29',
  },
  inexact_number: {
    en: 'is a number with more than 15 digits, which JSON programs do not keep exactly; write it as text',
    zh: '为超过 15 位的数值，JSON 程序不能精确保存；请写作文本',
  },
  not_a_value: {
    en: 'is an object or a list of them; name one of its fields in the mapping, like address.region',
    zh: '为对象或对象列表；请在映射中指明其字段，如 address.region',
  },
  path_not_found: {
    en: 'no row has a value at “{path}”; check the path in the mapping',
    zh: '没有任何一行在“{path}”处有值；请核对映射中的路径',
  },
  error_value: { en: 'is a spreadsheet error', zh: '为电子表格的错误值' },
  too_many_digits: {
    en: 'is a number of more than 15 digits, of which Excel has lost the last ones; format the column as text and enter it again',
    zh: '为超过 15 位的数值，Excel 已丢失末尾数字；请将该列设为文本格式后重新填写',
  },
  scaled_number: {
    en: 'is shown divided by its number format; format it as a plain number, so that it is clear what it says',
    zh: '的数字格式使其显示为缩小后的数值；请改为常规数字格式，以免误读',
  },
  formula_without_value: {
    en: 'is a formula without a saved value; open the file in Excel and save it',
    zh: '为未保存结果的公式；请用 Excel 打开并保存后再导入',
  },
  formula_value_taken: {
    en: '{count} {count:cell|cells} in this column {count:is a formula; its saved value was|are formulas; their saved values were} used',
    zh: '该列有 {count} 个单元格为公式；已取用随文件保存的结果',
  },
  merged_values_taken: {
    en: '{count} {count:cell|cells} in this column {count:is|are} merged with one above; its value counts for each of their rows',
    zh: '该列有 {count} 个单元格与上方单元格合并；所合并的内容计入其中每一行',
  },
  merged_amount: {
    en: '{cell} is merged with {range}, so that the amount would count for several rows; unmerge the cells and give each row its own amount',
    zh: '{cell} 属于合并单元格 {range}，该金额会重复计入多行；请取消合并，逐行填写各自的金额',
  },
  hidden_by_merge: {
    en: '{cell} has a value of its own that the merged cells {range} hide; unmerge them and check which value is right',
    zh: '{cell} 另有内容被合并单元格 {range} 遮盖；请取消合并后核对',
  },
  missing_column: {
    en: 'the file has no column for this, which {count} new {count:row needs|rows need}; add one, whose heading may be: {headings}',
    zh: '文件没有该列，而有 {count} 个新增行须填写；请增加一列，表头可写：{headings}',
  },
  missing_source: {
    en: 'the mapping gives no source for this field, which {count} new {count:row needs|rows need}; add one',
    zh: '映射未指明该字段的来源，而有 {count} 个新增行须填写；请在映射中补充',
  },
  missing_key: {
    en: 'no line has this field, which {count} new {count:row needs|rows need}; add it',
    zh: '各行均无该字段，而有 {count} 个新增行须填写；请补充',
  },
  surplus_cells: {
    en: 'the row has {cells} cells for {headings} {headings:heading|headings}; put quotation marks around a value that contains the separator, such as "12,500"',
    zh: '该行有 {cells} 个单元格，而表头只有 {headings} 个；含分隔符的内容应加引号，如 "12,500"',
  },
  value_outside_table: {
    en: '{count} {count:cell|cells} in this column {count:has|have} a value but no heading; {count:it was|they were} not read',
    zh: '该列没有表头，其中 {count} 个有内容的单元格未读取',
  },
  unknown_unit: {
    en: 'the heading “{heading}” has an unknown unit; the column was not read',
    zh: '表头“{heading}”的单位无法识别，该列未读取',
  },
  ambiguous_reference: {
    en: '“{id}” matches several names: {choices}; use the code',
    zh: '“{id}”对应多个代码：{choices}；请填写代码',
  },
  unknown_enterprise: {
    en: 'there is no enterprise “{id}”; enter it first, or have the import create it (createEnterprises=true)',
    zh: '没有企业“{id}”；请先录入，或在导入时允许新建（createEnterprises=true）',
  },
  ambiguous_enterprise: {
    en: '{count} enterprises are called “{id}”; give the social credit code',
    zh: '有 {count} 家企业名为“{id}”；请填写统一社会信用代码',
  },
  codes_without_names: {
    en: 'has {codes} {codes:line|lines} for {names} {names:investor|investors}; give one line for each, or none',
    zh: '有 {codes} 行，而投资方有 {names} 家；请每行对应一家，或全部留空',
  },
  archived_row: {
    en: '{noun} “{id}” is archived; restore it first',
    zh: '{noun}“{id}”已归档，请先恢复',
  },
  other_region: {
    en: 'is outside {regions}, the regions this key may write',
    zh: '不在该密钥可写入的区域（{regions}）内',
  },
  changed_since: {
    en: 'has changed since the sheet was exported (version {sheet}, now {now}); export again',
    zh: '导出之后已被修改（表中版本 {sheet}，当前版本 {now}），请重新导出后再改',
  },
  taken: { en: 'already belongs to another {noun}', zh: '已被其他{noun}使用' },
  duplicate_row: { en: 'is already in row {row}', zh: '与第 {row} 行重复' },
  code_of_another: {
    en: 'is the social credit code of “{name}”, not of the enterprise named in this row',
    zh: '为“{name}”的统一社会信用代码，与所填企业名称不符',
  },
  not_its_code: {
    en: 'does not match “{name}”, which has another code or none on record; correct that first',
    zh: '不是“{name}”已登记的统一社会信用代码（其代码不同或尚未登记），请先更正企业资料',
  },
} as const satisfies Record<string, Message>;

export const importMessages = { problems, faults } satisfies Messages;

type Problems = typeof problems;
type Faults = typeof faults;

declare module '../../http/messages.ts' {
  interface ProblemMessages extends Problems {}
  interface FaultMessages extends Faults {}
}
