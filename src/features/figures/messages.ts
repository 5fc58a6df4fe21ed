/** Messages about figures. */
import type { Message } from '../../core/languages.ts';
import type { Messages, ProblemMessage } from '../../http/messages.ts';

const problems = {
  'statistics.sum_too_large': {
    status: 422,
    en: 'The sum of {measure} exceeds 9007199254740991 yuan and cannot be given exactly; narrow the filter.',
    zh: '{measure} 之和超过 9007199254740991 元，无法精确给出；请缩小筛选范围。',
  },
  'statistics.too_many_groups': {
    status: 422,
    en: 'There are more than {max} groups; narrow the filter or group by less.',
    zh: '分组超过 {max} 个；请缩小筛选范围或减少分组维度。',
  },
  'statistics.too_many_contributions': {
    status: 422,
    en: 'There are more than {max} contributions, too many for a file; narrow the filter or the time, or read them as pages of JSON.',
    zh: '构成差异的条目超过 {max} 条，文件无法容纳；请缩小筛选范围或时段，或以 JSON 分页读取。',
  },
  'statistics.too_many_periods': {
    status: 422,
    en: 'These lines have more than {max} periods in total; choose a longer interval, fewer lines by limit or filter, or a shorter time by from and to.',
    zh: '各组的期数合计超过 {max}；请选择更长的间隔，用 limit、筛选条件减少分组，或用 from、to 缩短时段。',
  },
  'statistics.too_many_ages': {
    status: 422,
    en: 'These cohorts have more than {max} ages in total; choose a longer step, or fewer cohorts by limit or filter.',
    zh: '这些分组的时长点合计超过 {max} 个；请选择更长的步长，或用 limit、筛选条件减少分组。',
  },
} as const satisfies Record<string, ProblemMessage>;

const faults = {
  not_comparable: {
    en: 'must be previousYear, previousQuarter, previousMonth, a valid date like 2020-06-29, `known:` with a timestamp or a day, or `revision:` with a number',
    zh: '应为 previousYear、previousQuarter、previousMonth、真实存在的日期（如 2020-06-29）、known:时间或日期，或 revision:版本号',
  },
  not_comparable_periods: {
    en: 'must be previousYear, previousQuarter, previousMonth, `known:` with a timestamp or a day, or `revision:` with a number',
    zh: '应为 previousYear、previousQuarter、previousMonth、known:时间或日期，或 revision:版本号',
  },
  shorter_than_interval: {
    en: 'must not be shorter than a period of the timeline',
    zh: '不得短于时间序列的期长',
  },
  not_between_states: {
    en: 'cannot be used between two states of the data, since every entry changes it',
    zh: '每次变更都会影响该参数，不能用于比较两个版本的数据',
  },
  before_from: {
    en: 'must not be before `from`',
    zh: '不得早于 from',
  },
  no_empty_groups: {
    en: 'needs one dimension whose groups are few: {choices}',
    zh: '只适用于按以下单一维度分组：{choices}',
  },
  depends_on_day: {
    en: 'depends on the day and cannot filter figures of several days',
    zh: '随日期变化，不能用于跨日期统计的筛选',
  },
} as const satisfies Record<string, Message>;

export const figureMessages = { problems, faults } satisfies Messages;

type Problems = typeof problems;
type Faults = typeof faults;

declare module '../../http/messages.ts' {
  interface ProblemMessages extends Problems {}
  interface FaultMessages extends Faults {}
}
