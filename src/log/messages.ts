/** Messages about positions in the log. */
import type { Message } from '../core/languages.ts';
import type { Messages, ProblemMessage } from '../http/messages.ts';

const faults = {
  beyond_the_end: {
    en: 'must not be beyond the end of the log, {seq}; was an older backup restored?',
    zh: '不能超过变更日志的末尾（{seq}）；是否恢复了较早的备份？',
  },
  not_with: {
    en: 'cannot be given together with `{other}`',
    zh: '不能与 {other} 同时使用',
  },
  after_now: {
    en: 'must not be in the future',
    zh: '不得晚于当前时间',
  },
  known_after: {
    en: 'must not be later than what `knownAt` or `revision` says',
    zh: '不得晚于 knownAt 或 revision 所指的时点',
  },
  not_over: {
    en: 'is a day that is not over yet; give a timestamp, or leave it out for what is known now',
    zh: '当日尚未结束；请给出具体时间，或不填以使用当前数据',
  },
  before_the_log: {
    en: 'is before the first entry of the change log, {first}: nothing was known then',
    zh: '早于变更日志的第一条记录（{first}），当时尚无数据',
  },
  before_nothing: {
    en: 'cannot be answered: nothing has been recorded yet',
    zh: '无法答复：尚未记录任何数据',
  },
} as const satisfies Record<string, Message>;

const problems = {
  'known.other_definitions': {
    status: 410,
    en: 'The figures at this address followed version {wanted} of the definitions; they are now computed by version {current}. See /v1/statistics/definitions for what changed.',
    zh: '该地址的数据按第 {wanted} 版口径计算，现行口径为第 {current} 版。变化见 /v1/statistics/definitions。',
  },
} as const satisfies Record<string, ProblemMessage>;

export const logMessages = { problems, faults } satisfies Messages;

type Problems = typeof problems;
type Faults = typeof faults;

declare module '../http/messages.ts' {
  interface ProblemMessages extends Problems {}
  interface FaultMessages extends Faults {}
}
