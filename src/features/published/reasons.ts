/** Explanations of figures that do not agree or are inconsistent, in both languages. */
import { type Language, type Message, type MessageValue, say } from '../../core/languages.ts';

/** Why a figure does not agree; only reasons that are certain. */
export const reasonMessages = {
  not_computable: {
    en: 'It cannot be computed: {why}.',
    zh: '无法计算：{why}。',
  },
  truncated: {
    en: 'The computed value was truncated instead of rounded; rounded half-up it is {rounded}.',
    zh: '公布值将计算值直接截断，未四舍五入；四舍五入应为 {rounded}。',
  },
  transposed_digits: {
    en: 'Two neighbouring digits are swapped: computed {swapped}, printed {value}.',
    zh: '相邻两位数字颠倒：计算值为 {swapped}，公布为 {value}。',
  },
  unit_slip: {
    en: 'Wrong by a power of ten: the computed value is the printed one × {factor}.',
    zh: '数量级有误：计算值为公布值的 {factor} 倍。',
  },
  changed_since: {
    en: 'The data was changed later: as it was known when the figure was printed, the computed value was {before}.',
    zh: '数据此后有变更：按公布时掌握的数据，计算值为 {before}。',
  },
} as const satisfies Record<string, Message>;

/** Inconsistencies of a printed figure, whether or not it agrees. */
export const warningMessages = {
  parts_do_not_add_up: {
    en: '{parts}, as printed, {come} to {sum}: a difference of {difference} from the printed whole, more than rounding explains.',
    zh: '所公布的 {count} 个分项合计为 {sum}，与公布的总数相差 {difference}，超出四舍五入所能解释的范围。',
  },
} as const satisfies Record<string, Message>;

export type ReasonCode = keyof typeof reasonMessages;
export type WarningCode = keyof typeof warningMessages;

type Values = Readonly<Record<string, MessageValue>>;

const sentences = (message: Message, values: Values): Record<Language, string> => ({
  zh: say(message, 'zh', values),
  en: say(message, 'en', values),
});

export interface Reason {
  code: ReasonCode;
  zh: string;
  en: string;
  /** To what the change consists of. */
  link?: string;
}

export const reason = (code: ReasonCode, values: Values, link?: string): Reason => ({
  code,
  ...sentences(reasonMessages[code], values),
  ...(link !== undefined && { link }),
});

export interface Warning {
  code: WarningCode;
  zh: string;
  en: string;
  /** In the unit of the figure, as decimal texts. */
  sum: string;
  difference: string;
  parts: string[];
}

export const partsWarning = (sum: string, difference: string, parts: string[]): Warning => ({
  code: 'parts_do_not_add_up',
  ...sentences(warningMessages.parts_do_not_add_up, {
    count: parts.length,
    parts: parts.length === 1 ? 'Its only part' : `Its ${parts.length} parts`,
    come: parts.length === 1 ? 'comes' : 'add up',
    sum,
    difference,
  }),
  sum,
  difference,
  parts,
});
