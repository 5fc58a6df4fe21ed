/** Messages about projects, their dates, amounts and funds. */
import type { Message } from '../../core/languages.ts';
import type { Messages, ProblemMessage } from '../../http/messages.ts';

const problems = {
  'projects.archived': {
    status: 404,
    en: 'The project “{id}” is archived; ?archived=true shows it, POST …/restore brings it back.',
    zh: '项目“{id}”已归档；用 ?archived=true 查看，用 POST …/restore 恢复。',
  },
  'projects.code_archived': {
    status: 409,
    en: 'The code “{code}” is that of the archived project “{id}”; POST …/restore brings it back.',
    zh: '编号“{code}”属于已归档的项目“{id}”；用 POST …/restore 恢复。',
  },
  'projects.not_signed_yet': {
    status: 404,
    en: 'The project “{id}” was not signed by {asOf}.',
    zh: '截至 {asOf}，项目“{id}”尚未签约。',
  },
  'funds.negative_balance': {
    status: 422,
    en: 'The funds in place would fall below zero on {day}, to {balance} yuan.',
    zh: '到位资金余额在 {day} 将为负数（{balance} 元）。',
  },
} as const satisfies Record<string, ProblemMessage>;

const faults = {
  not_the_code: { en: 'must be “{code}”, as in the path', zh: '应与路径中的编号“{code}”一致' },
  zero_amount: { en: 'must not be zero', zh: '不能为零' },
  negative_balance: {
    en: 'would take the balance to {balance} yuan on {day}',
    zh: '会使 {day} 的余额变为 {balance} 元',
  },
  completion_without_start: { en: 'needs a startedOn', zh: '竣工须有开工日期（startedOn）' },
  production_without_start: { en: 'needs a startedOn', zh: '投产须有开工日期（startedOn）' },
  completion_before_start: { en: 'must not be before startedOn', zh: '竣工日期不能早于开工日期' },
  production_before_start: { en: 'must not be before startedOn', zh: '投产日期不能早于开工日期' },
  resumption_without_suspension: { en: 'needs a suspendedOn', zh: '复工须有停工日期（suspendedOn）' },
  resumption_before_suspension: { en: 'must not be before suspendedOn', zh: '复工日期不能早于停工日期' },
  termination_before_signing: { en: 'must not be before signedOn', zh: '终止日期不能早于签约日期' },
  contracted_above_investment: {
    en: 'must not be more than investmentYuan',
    zh: '合同引资额不能大于投资总额',
  },
} as const satisfies Record<string, Message>;

export const projectMessages = { problems, faults } satisfies Messages;

type Problems = typeof problems;
type Faults = typeof faults;

declare module '../../http/messages.ts' {
  interface ProblemMessages extends Problems {}
  interface FaultMessages extends Faults {}
}
