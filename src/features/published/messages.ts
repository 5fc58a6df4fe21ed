/** Messages about published figures. */
import type { Message } from '../../core/languages.ts';
import type { Messages, ProblemMessage } from '../../http/messages.ts';

const problems = {
  'published_figures.too_many': {
    status: 422,
    en: 'There are {count} published figures, but at most {max} can be reconciled at once; select an event.',
    zh: '已公布数据共 {count} 条，超过一次可核对的 {max} 条；请用 event 指定活动。',
  },
  'published_figures.too_many_summaries': {
    status: 422,
    en: 'These published figures cover {count} selections of projects and days, but at most {max} can be reconciled at once; select an event, or read /v1/published-figures page by page.',
    zh: '这些已公布数据涉及 {count} 组项目范围与日期，超过一次可核对的 {max} 组；请用 event 指定活动，或逐页读取 /v1/published-figures。',
  },
} as const satisfies Record<string, ProblemMessage>;

const faults = {
  unknown_filter_parameter: {
    en: 'contains unknown filter parameters: {parameters}',
    zh: '含有筛选条件中不存在的参数：{parameters}',
  },
  bad_filter_parameter: { en: 'is invalid: {reasons}', zh: '筛选条件有误：{reasons}' },
  event_given_twice: {
    en: 'must not contain event: it is given in the field event',
    zh: '已填写 event 字段，不能再按活动筛选',
  },
  not_of_projects: {
    en: 'must be left out: {measure} is not a project figure',
    zh: '须留空：{measure} 不是项目数据',
  },
  needs_event: { en: 'is required for {measure}', zh: '{measure} 须填写活动' },
  unit_of_other_measure: {
    en: 'must be one of {choices} for {measure}',
    zh: '{measure} 的单位应为以下之一：{choices}',
  },
  finer_than_precision: {
    en: 'must be at least {min}: the value is printed with that many decimals',
    zh: '不能小于 {min}：公布值本身已精确到该位',
  },
  not_a_printed_number: {
    en: 'must be a decimal number as text, like "297.88", with at most 18 digits before the decimal point and 10 after it, no leading zeros, no thousands separators, and no minus before zero',
    zh: '应为文本形式的十进制数，如 "297.88"：整数部分最多 18 位，小数部分最多 10 位，不带前导零和千位分隔符，零不带负号',
  },
  not_a_url: { en: 'must be an http or https address', zh: '应为 http 或 https 网址' },
} as const satisfies Record<string, Message>;

export const publishedMessages = { problems, faults } satisfies Messages;

type Problems = typeof problems;
type Faults = typeof faults;

declare module '../../http/messages.ts' {
  interface ProblemMessages extends Problems {}
  interface FaultMessages extends Faults {}
}
