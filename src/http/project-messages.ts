/** What can be wrong between the days and amounts of a project, in English and Chinese. */
import type { Message } from './messages.ts';

export const projectFaults = {
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
