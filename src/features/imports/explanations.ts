/** Explanations in the second row of a template: the values that each column accepts, in both languages. */
import type { Language } from '../../core/languages.ts';
import type { Kind } from '../../sheets/columns.ts';
import type { ProjectColumn as Column } from '../projects/sheet.ts';

type Text = Readonly<Record<Language, string>>;

/** For kinds whose columns all accept the same. */
const kinds: Readonly<Partial<Record<Kind, Text>>> = {
  text: { zh: '不超过 300 个字符', en: 'up to 300 characters' },
  code: { zh: '代码或名称；暂无可选项', en: 'a code or a name; none exist yet' },
  day: { zh: '日期，如 2020-06-29，不晚于今天', en: 'a date such as 2020-06-29, not after today' },
  money: { zh: '数字，单位：{unit}', en: 'a number, in {unit}' },
};

const promise: Text = {
  zh: '日期，如 2020-12-31，可晚于今天',
  en: 'a date such as 2020-12-31; may be in the future',
};
const longText: Text = {
  zh: '可换行，不超过 10000 个字符',
  en: 'may contain line breaks; up to 10,000 characters',
};

/** For columns with special rules. */
const fields: Readonly<Partial<Record<Column['field'], Text>>> = {
  code: {
    zh: '1–64 个字母、数字或 . _ -，不可重复；已有的编号表示修改该项目',
    en: '1–64 letters, digits or . _ -, unique; an existing code changes that project',
  },
  description: longText,
  note: longText,
  investors: {
    zh: '已登记企业的全称；多家时一行一家（Alt+Enter 换行），牵头方在前',
    en: 'full names of enterprises on record, one per line (Alt+Enter), the lead first',
  },
  investorCodes: {
    zh: '18 位，与投资方逐行对应',
    en: '18 characters each, in the same lines as the investors',
  },
  owner: { zh: '不超过 200 个字符', en: 'up to 200 characters' },
  contractAmount: {
    zh: '合同上所印金额，如 1200.5，仅供参考',
    en: 'as printed in the contract, such as 1200.5; for information only only',
  },
  contractCurrency: {
    zh: '上述金额的币种，三个字母，如 CNY、USD',
    en: 'currency currency of that amount: three letters such as CNY or USD',
  },
  agreedStartOn: promise,
  agreedProductionOn: promise,
};

const words = {
  mark: { zh: '※ 本行是说明，导入时跳过。', en: '※ This row is an explanation; imports skip it. ' },
  required: { zh: '必填：', en: 'Required: ' },
  optional: { zh: '选填：', en: 'Optional: ' },
  offered: { zh: '从下拉列表选择：{choices}', en: 'choose from the list: {choices}' },
  coded: {
    zh: '从下拉列表选择，或只填代码或名称，如“{example}”',
    en: 'choose from the list, or enter only a code or a name, such as “{example}”',
  },
  unlisted: {
    zh: '填代码或名称，如“{example}”；条目过多，未设下拉列表',
    en: 'a code or a name, such as “{example}”; there are too many for a list',
  },
} as const satisfies Record<string, Text>;

/** The choices that a column offers, if any. */
export type Offer =
  | { from: 'words'; choices: readonly string[] }
  | { from: 'codes'; example: string; isListed: boolean };

interface Situation {
  language: Language;
  /** Unit of money. */
  unit: string;
  required: boolean;
  offer: Offer | null;
}

function takes({ field, kind }: Column, { language, unit, offer }: Situation): string {
  if (offer?.from === 'words') return words.offered[language].replace('{choices}', offer.choices.join(' / '));
  if (offer)
    return words[offer.isListed ? 'coded' : 'unlisted'][language].replace('{example}', offer.example);
  return (fields[field] ?? kinds[kind])?.[language].replace('{unit}', unit) ?? '';
}

/** The values that a column accepts, as one sentence. */
export const explain = (column: Column, situation: Situation): string =>
  words[situation.required ? 'required' : 'optional'][situation.language] + takes(column, situation);

/** The start of the row, before its first explanation: readers skip a row that starts with it. */
export const explanatoryMark = (language: Language): string => words.mark[language];
