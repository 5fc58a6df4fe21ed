/** What is said about a file that comes in; part of `messages.ts`. */
import type { Message } from './messages.ts';

/** Why a file as a whole is refused. */
export const importProblems = {
  'imports.empty_file': { status: 422, en: 'The file is empty.', zh: '文件为空。' },
  'imports.too_large': {
    status: 413,
    en: 'The file is larger than {max} MB, the most that is taken of {format}.',
    zh: '文件超过 {max} MB，此为 {format} 文件的上限。',
  },
  'imports.unknown_format': {
    status: 422,
    en: 'The file is neither CSV, nor an Excel workbook (.xlsx), nor NDJSON (one JSON object a line).',
    zh: '文件既不是 CSV，也不是 Excel 工作簿（.xlsx）或 NDJSON（每行一个 JSON 对象）。',
  },
  'imports.wrong_format': {
    status: 422,
    en: 'The file is said to be {said}, and is {found}.',
    zh: '文件声明为 {said}，实际为 {found}。',
  },
  'imports.old_or_locked_workbook': {
    status: 422,
    en: 'The workbook has a password or the format of Excel 97–2003 (.xls); save it as .xlsx without a password.',
    zh: '该工作簿设有密码或为 Excel 97–2003 格式（.xls）；请另存为不带密码的 .xlsx 文件。',
  },
  'imports.macro_workbook': {
    status: 422,
    en: 'The workbook contains macros, which are not taken; save it as .xlsx.',
    zh: '该工作簿含有宏，不予接收；请另存为 .xlsx 文件。',
  },
  'imports.not_a_workbook': {
    status: 422,
    en: 'The file is no Excel workbook that can be read; open it in Excel and save it as .xlsx. ({reason})',
    zh: '文件不是可读取的 Excel 工作簿；请用 Excel 打开并另存为 .xlsx。（{reason}）',
  },
  'imports.damaged_workbook': {
    status: 422,
    en: 'The workbook is damaged or incomplete; send it again. ({reason})',
    zh: '工作簿已损坏或不完整，请重新发送。（{reason}）',
  },
  'imports.zip_too_large': {
    status: 413,
    en: 'The workbook holds more than is unpacked here; at most {max} {what}.',
    zh: '工作簿解压后超出限度：最多 {max} {what}。',
  },
  'imports.no_sheet': {
    status: 422,
    en: 'There is no visible worksheet “{sheet}”; there are: {sheets}.',
    zh: '没有可见的工作表“{sheet}”；现有：{sheets}。',
  },
  'imports.no_headings': {
    status: 422,
    en: 'No row of headings was found among the first {rows} rows. What stands there: {headings}',
    zh: '前 {rows} 行中未找到表头。其中的内容为：{headings}',
  },
  'imports.column_twice': {
    status: 422,
    en: 'Two columns mean the same, {field}: {columns}. Remove or rename one.',
    zh: '有两列对应同一字段 {field}：{columns}。请删除或改名其中一列。',
  },
  'imports.missing_headings': {
    status: 422,
    en: 'The mapping names headings that the file does not have in row {row}: {headings}',
    zh: '映射所指的表头在文件第 {row} 行中不存在：{headings}',
  },
  'imports.too_many_rows': {
    status: 413,
    en: 'The file has more than {max} rows; split it.',
    zh: '文件超过 {max} 行，请拆分。',
  },
  'imports.too_many_columns': {
    status: 422,
    en: 'Row {row} has more than {max} columns with something in them.',
    zh: '第 {row} 行有内容的列超过 {max} 列。',
  },
  'imports.record_too_large': {
    status: 422,
    en: 'Row {row} is larger than {max} bytes.',
    zh: '第 {row} 行超过 {max} 字节。',
  },
  'imports.unclosed_quote': {
    status: 422,
    en: 'A quotation mark that opens in row {row} is never closed.',
    zh: '第 {row} 行的引号没有配对的结束引号。',
  },
  'imports.misplaced_quote': {
    status: 422,
    en: 'Row {row} has text after a closing quotation mark; within quotation marks, one is written twice.',
    zh: '第 {row} 行在结束引号之后还有文字；引号内的引号应写两次。',
  },
  'imports.wrong_encoding': {
    status: 422,
    en: 'The file is not text in {encoding}.',
    zh: '文件不是 {encoding} 编码的文本。',
  },
  'imports.incomplete': {
    status: 422,
    en: 'The last line says {count} rows, and there are {rows}: the file is not complete.',
    zh: '末行标明 {count} 行，实际为 {rows} 行：文件不完整。',
  },
  'imports.out_of_memory': {
    status: 422,
    en: 'Reading the file takes more memory than there is for one; split it.',
    zh: '读取该文件所需内存超出限度，请拆分。',
  },
  'imports.too_slow': {
    status: 422,
    en: 'Reading the file takes longer than {seconds} seconds; split it.',
    zh: '读取该文件超过 {seconds} 秒，请拆分。',
  },
  'imports.not_readable': {
    status: 422,
    en: 'The file could not be read; save it anew as .xlsx or CSV.',
    zh: '无法读取该文件；请重新保存为 .xlsx 或 CSV。',
  },
} as const satisfies Record<string, Message & { status: number }>;

/** What is wrong with a cell, or worth knowing about one, and with a mapping. */
export const importFaults = {
  not_json: { en: 'is no JSON object', zh: '不是 JSON 对象' },
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
    en: 'leaves open which number is the month; write it like 2020-06-29',
    zh: '无法判断哪个数字是月份；请写作 2020-06-29',
  },
  time_of_day: {
    en: 'has a time of day; a day is meant, like 2020-06-29',
    zh: '含有时刻；应只填日期，如 2020-06-29',
  },
  error_value: { en: 'is an error of the spreadsheet', zh: '为电子表格的错误值' },
  formula_without_value: {
    en: 'is a formula whose value was not saved; open the file in Excel and save it',
    zh: '为未保存结果的公式；请用 Excel 打开并保存后再导入',
  },
  not_translated: { en: 'is not among the codes of the mapping', zh: '不在映射的代码对照之中' },
  formula_value_taken: {
    en: '{count} cell(s) of the column are formulas; the values that were saved with the file were taken',
    zh: '该列有 {count} 个单元格为公式；已取用随文件保存的结果',
  },
  unknown_unit: {
    en: 'the heading “{heading}” says a unit that is not known here; the column was not read',
    zh: '表头“{heading}”的单位无法识别，该列未读取',
  },
  not_for_this_field: { en: 'has no meaning for this field', zh: '不适用于该字段' },
  from_or_constant: { en: 'must have either from or constant', zh: '应有且仅有 from 与 constant 之一' },
  not_a_factor: {
    en: 'must be a positive decimal number as text, like "7.1"',
    zh: '应为文本形式的正十进制数，如 "7.1"',
  },
  not_a_date_format: {
    en: 'must be year, month and day, like MM/DD/YYYY or YYYY-MM-DD, and may end with hh:mm',
    zh: '应由年、月、日组成，如 MM/DD/YYYY 或 YYYY-MM-DD，末尾可加 hh:mm',
  },
} as const satisfies Record<string, Message>;
