/** Cells of projects that are faulty by themselves or in combination with others, and their messages. */
import type { Row } from './rows.ts';

/** A row without its code. */
export const sound: Row = {
  项目名称: '示例项目',
  项目级别: '省级',
  签约日期: '2020-06-29',
  '投资总额(亿元)': '3.5',
};

/** A cell and its faults: heading, value, code, message in Chinese and in English. */
export type Fault = readonly [heading: string, value: string | null, code: string, zh: string, en: string];
export type Scenario = readonly [what: string, cells: Row, ...faults: Fault[]];

const NOT_A_DAY = [
  'not_a_day',
  '应为真实存在的日期，如 2020-06-29',
  'must be a valid date, like 2020-06-29',
] as const;
const REQUIRED = ['required', '为必填项', 'is required'] as const;
const NOT_MONEY = [
  'not_money',
  '应为金额，如 1234.5 或 1,234.5',
  'must be an amount, like 1234.5 or 1,234.5',
] as const;
const MONEY = '投资总额(亿元)';

export const texts: Scenario[] = [
  [
    'a code with a blank',
    { 项目编号: 'A B' },
    [
      '项目编号',
      'A B',
      'not_a_code',
      '应为 1–64 个字符，限 A–Z a–z 0–9 . _ -',
      'must be 1–64 of the characters A–Z a–z 0–9 . _ -',
    ],
  ],
  ['no code', { 项目编号: '' }, ['项目编号', null, ...REQUIRED]],
  ['no name', { 项目名称: ' ' }, ['项目名称', null, ...REQUIRED]],
  [
    'a name that is too long',
    { 项目名称: '名'.repeat(301) },
    ['项目名称', `${'名'.repeat(99)}…`, 'too_long', '最多 300 个字符', 'must have at most 300 characters'],
  ],
  [
    'a name of two lines',
    { 项目名称: '甲\n乙' },
    [
      '项目名称',
      '甲\n乙',
      'not_plain_text',
      '第 2 个字符是 U+000A（制表符或换行符），不能接受，请删除',
      'contains U+000A (tab or line break) at position 2; remove it',
    ],
  ],
  [
    'a level that there is not',
    { 项目级别: '国家级' },
    [
      '项目级别',
      '国家级',
      'not_a_choice',
      '应为以下之一：省级、市级、县级',
      'must be one of provincial, municipal, county',
    ],
  ],
  [
    'neither yes nor no',
    { 投资额为估算: '也许' },
    ['投资额为估算', '也许', 'not_a_flag', '应为“是”或“否”', 'must be yes or no'],
  ],
  [
    'an amount in words',
    { 合同金额: '三亿' },
    [
      '合同金额',
      '三亿',
      'not_an_amount',
      '应为文本形式的十进制数，如 "300000000.00"',
      'must be a decimal number as text, like "300000000.00"',
    ],
  ],
  [
    'a currency that is none',
    { 合同币种: '美元' },
    [
      '合同币种',
      '美元',
      'not_a_currency',
      '应为 ISO 4217 货币代码，如 USD',
      'must be a currency code of ISO 4217, like USD',
    ],
  ],
  [
    'a version that is no number',
    { 版本: '新' },
    ['版本', '新', 'not_a_whole_number', '应为整数', 'must be a whole number'],
  ],
];

export const amounts: Scenario[] = [
  ['no amount', { [MONEY]: '' }, [MONEY, null, ...REQUIRED]],
  ['an amount that is text', { [MONEY]: '约3亿多' }, [MONEY, '约3亿多', ...NOT_MONEY]],
  ['an amount of nothing', { [MONEY]: '0' }, [MONEY, '0', 'too_small', '不能小于 1', 'must be at least 1']],
  [
    'a negative amount',
    { [MONEY]: '-3.5' },
    [MONEY, '-3.5', 'too_small', '不能小于 1', 'must be at least 1'],
  ],
  [
    'an amount beyond all',
    { [MONEY]: '10000.00000001' },
    [MONEY, '10000.00000001', 'too_large', '不能大于 1000000000000', 'must be at most 1000000000000'],
  ],
  [
    'a fraction of a yuan',
    { [MONEY]: '3.500000001' },
    [
      MONEY,
      '3.500000001',
      'fraction_of_yuan',
      '不足一元的部分无法接受；金额应为整数元',
      'has a fraction of a yuan; amounts are whole yuan',
    ],
  ],
  [
    'an amount that a spreadsheet shortened',
    { [MONEY]: '1.2E+3' },
    [
      MONEY,
      '1.2E+3',
      'scientific_notation',
      '已被电子表格软件缩写，可能丢失数字；请将该列设为数值格式后重新保存',
      'was shortened by a spreadsheet and may have lost digits; format the column as a number and save again',
    ],
  ],
  [
    'more contracted than invested',
    { '合同引资额(亿元)': '3.50000001' },
    [
      '合同引资额(亿元)',
      '3.50000001',
      'contracted_above_investment',
      '合同引资额不能大于投资总额',
      'must not be more than investmentYuan',
    ],
  ],
  [
    'more contracted than an existing project has',
    { 项目编号: 'EXISTING', [MONEY]: '3.9' },
    [
      '合同引资额(亿元)',
      null,
      'contracted_above_investment',
      '合同引资额不能大于投资总额',
      'must not be more than investmentYuan',
    ],
  ],
];

export const days: Scenario[] = [
  ['no day of signing', { 签约日期: '' }, ['签约日期', null, ...REQUIRED]],
  ['a day that does not exist', { 签约日期: '2020年2月30日' }, ['签约日期', '2020年2月30日', ...NOT_A_DAY]],
  [
    'a day before 1900',
    { 签约日期: '1899-12-31' },
    ['签约日期', '1899-12-31', 'before_1900', '不能早于 1900-01-01', 'must not be before 1900-01-01'],
  ],
  [
    'a day to come',
    { 开工日期: '2026/11/23' },
    [
      '开工日期',
      '2026/11/23',
      'after_today',
      '不能晚于今天（2026-11-22）',
      'must not be after today, 2026-11-22',
    ],
  ],
  [
    'a day that may be two',
    { 开工日期: '05/06/2021' },
    [
      '开工日期',
      '05/06/2021',
      'ambiguous_day',
      '无法判断哪个数字是月份；请写作 2020-06-29',
      'is ambiguous: day or month first? Write it like 2020-06-29',
    ],
  ],
  [
    'a time of day',
    { 开工日期: '2021-05-06 12:30' },
    [
      '开工日期',
      '2021-05-06 12:30',
      'time_of_day',
      '含有时刻；应只填日期，如 2020-06-29',
      'has a time of day; give a date only, like 2020-06-29',
    ],
  ],
  [
    'completion without a start',
    { 竣工日期: '2021-05-06' },
    [
      '竣工日期',
      '2021-05-06',
      'completion_without_start',
      '竣工须有开工日期（startedOn）',
      'needs a startedOn',
    ],
  ],
  [
    'production without a start',
    { 投产日期: '2021-05-06' },
    [
      '投产日期',
      '2021-05-06',
      'production_without_start',
      '投产须有开工日期（startedOn）',
      'needs a startedOn',
    ],
  ],
  [
    'completion before the start',
    { 开工日期: '2021-05-07', 竣工日期: '2021-05-06' },
    [
      '竣工日期',
      '2021-05-06',
      'completion_before_start',
      '竣工日期不能早于开工日期',
      'must not be before startedOn',
    ],
  ],
  [
    'production before the start on record',
    { 项目编号: 'STARTED', 投产日期: '2020-08-31' },
    [
      '投产日期',
      '2020-08-31',
      'production_before_start',
      '投产日期不能早于开工日期',
      'must not be before startedOn',
    ],
  ],
  [
    'work resumed that was not suspended',
    { 复工日期: '2021-05-06' },
    [
      '复工日期',
      '2021-05-06',
      'resumption_without_suspension',
      '复工须有停工日期（suspendedOn）',
      'needs a suspendedOn',
    ],
  ],
  [
    'work resumed before it was suspended',
    { 停工日期: '2021-05-07', 复工日期: '2021-05-06' },
    [
      '复工日期',
      '2021-05-06',
      'resumption_before_suspension',
      '复工日期不能早于停工日期',
      'must not be before suspendedOn',
    ],
  ],
  [
    'an end before the signing',
    { 终止日期: '2020-06-28' },
    [
      '终止日期',
      '2020-06-28',
      'termination_before_signing',
      '终止日期不能早于签约日期',
      'must not be before signedOn',
    ],
  ],
];
