/** Messages about mappings, and about cells that are read with one. */
import type { Message } from '../../core/languages.ts';

export const mappingFaults = {
  not_in_currency: {
    en: 'must be an amount in {currency}, like 1234.5 or {currency} 1,234.5, without any other currency',
    zh: '应为 {currency} 金额，如 1234.5 或 {currency} 1,234.5，不得注明其他币种',
  },
  fraction_at_rate: {
    en: 'is {yuan} yuan at the rate of {rate}; say with `rounding` in the mapping how to make it whole yuan',
    zh: '按汇率 {rate} 折合 {yuan} 元，不是整数；请在映射中用 rounding 指明取整方式',
  },
  missing_part: {
    en: 'lacks “{heading}”; fill in all columns that this value is put together from',
    zh: '缺少“{heading}”一列的内容；该值由多列合成，各列均应填写',
  },
  not_translated: { en: 'is not among the codes of the mapping', zh: '不在映射的代码对照之中' },
  not_for_this_field: { en: 'does not apply to this field', zh: '不适用于该字段' },
  needs_setting: { en: 'has no effect without `{setting}`', zh: '须与 {setting} 一并给出' },
  own_currency: {
    en: 'is the currency of all amounts; leave out currency and rate',
    zh: '金额本以人民币计，无需折算；请去掉 currency 和 rate',
  },
  changes_amounts: {
    en: 'must not contain digits, signs, currencies or units, which change the amount; use unit, factor or currency',
    zh: '不得含有数字、正负号、币种或单位，以免改变金额；请改用 unit、factor 或 currency',
  },
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
