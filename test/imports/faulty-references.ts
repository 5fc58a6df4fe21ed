/** Cells with unknown or ambiguous references, rows with several faults, and their messages. */
import type { Scenario } from './faulty-cells.ts';

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

export const CODE = '91350100M000100Y43';

export const references: Scenario[] = [
  [
    'an event that there is not',
    { 经贸活动: 'no-fair' },
    ['经贸活动', 'no-fair', 'unknown_reference', '没有经贸活动“no-fair”', 'there is no event “no-fair”'],
  ],
  [
    'an event whose name another has',
    { 经贸活动: '同名活动' },
    [
      '经贸活动',
      '同名活动',
      'ambiguous_reference',
      '“同名活动”对应多个代码：fair-a, fair-b；请填写代码',
      '“同名活动” matches several names: fair-a, fair-b; use the code',
    ],
  ],
  [
    'a region that there is not',
    { 行政区划: '999999' },
    ['行政区划', '999999', 'unknown_reference', '没有行政区划“999999”', 'there is no region “999999”'],
  ],
  [
    'a code with the name of another region',
    { 行政区划: '430100 株洲市' },
    [
      '行政区划',
      '430100 株洲市',
      'ambiguous_reference',
      '“430100 株洲市”对应多个代码：430100, 430200；请填写代码',
      '“430100 株洲市” matches several names: 430100, 430200; use the code',
    ],
  ],
  [
    'a zone that there is not',
    { 园区: '火星园区' },
    ['园区', '火星园区', 'unknown_reference', '没有园区“火星园区”', 'there is no zone “火星园区”'],
  ],
  [
    'an industry whose name a section and a division share',
    { 行业: '教育' },
    [
      '行业',
      '教育',
      'ambiguous_reference',
      '“教育”对应多个代码：83, P；请填写代码',
      '“教育” matches several names: 83, P; use the code',
    ],
  ],
  [
    'an investor that there is not',
    { 投资方: '独家企业\n没有的企业' },
    [
      '投资方',
      '独家企业\n没有的企业',
      'unknown_enterprise',
      '没有企业“没有的企业”；请先录入，或在导入时允许新建（createEnterprises=true）',
      'there is no enterprise “没有的企业”; enter it first, or have the import create it (createEnterprises=true)',
    ],
  ],
  [
    'an investor whose name another has',
    { 投资方: '同名企业' },
    [
      '投资方',
      '同名企业',
      'ambiguous_enterprise',
      '有 2 家企业名为“同名企业”；请填写统一社会信用代码',
      '2 enterprises are called “同名企业”; give the social credit code',
    ],
  ],
  [
    'an investor named twice',
    { 投资方: '独家企业；独家企业' },
    ['投资方', '独家企业；独家企业', 'duplicate', '有重复项', 'contains a duplicate'],
  ],
  [
    'a social credit code that there is not',
    { 投资方统一社会信用代码: '91430100MA4L16JQ9B' },
    [
      '投资方统一社会信用代码',
      '91430100MA4L16JQ9B',
      'unknown_enterprise',
      '没有企业“91430100MA4L16JQ9B”；请先录入，或在导入时允许新建（createEnterprises=true）',
      'there is no enterprise “91430100MA4L16JQ9B”; enter it first, or have the import create it (createEnterprises=true)',
    ],
  ],
  [
    'a name beside the code of another',
    { 投资方: '独家企业', 投资方统一社会信用代码: CODE },
    [
      '投资方统一社会信用代码',
      CODE,
      'code_of_another',
      '为“有码企业”的统一社会信用代码，与所填企业名称不符',
      'is the social credit code of “有码企业”, not of the enterprise named in this row',
    ],
  ],
  [
    'a code beside the name of one without',
    { 投资方: '独家企业', 投资方统一社会信用代码: '91430100MA4L16JQ9B' },
    [
      '投资方统一社会信用代码',
      '91430100MA4L16JQ9B',
      'not_its_code',
      '不是“独家企业”已登记的统一社会信用代码（其代码不同或尚未登记），请先更正企业资料',
      'does not match “独家企业”, which has another code or none on record; correct that first',
    ],
  ],
  [
    'more names than codes',
    { 投资方: '独家企业\n有码企业', 投资方统一社会信用代码: CODE },
    [
      '投资方统一社会信用代码',
      CODE,
      'codes_without_names',
      '有 1 行，而投资方有 2 家；请每行对应一家，或全部留空',
      'has 1 line for 2 investors; give one line for each, or none',
    ],
  ],
];

export const rows: Scenario[] = [
  [
    'several faulty cells',
    { 项目名称: '', 项目级别: '乡级', 签约日期: '昨天', [MONEY]: '很多', 经贸活动: '甲' },
    ['项目名称', null, ...REQUIRED],
    [
      '项目级别',
      '乡级',
      'not_a_choice',
      '应为以下之一：省级、市级、县级',
      'must be one of provincial, municipal, county',
    ],
    ['签约日期', '昨天', ...NOT_A_DAY],
    [MONEY, '很多', ...NOT_MONEY],
    ['经贸活动', '甲', 'unknown_reference', '没有经贸活动“甲”', 'there is no event “甲”'],
  ],
  // A start date that cannot be read is not reported as missing too.
  [
    'a start that cannot be read',
    { 开工日期: '去年', 竣工日期: '2021-05-06' },
    ['开工日期', '去年', ...NOT_A_DAY],
  ],
];
