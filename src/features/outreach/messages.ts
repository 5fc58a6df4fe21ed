/** Messages about delegations and contacts. */
import type { Message } from '../../core/languages.ts';
import type { Messages } from '../../http/messages.ts';

const faults = {
  before_contact: { en: 'must not be before contactedOn', zh: '不能早于对接日期' },
  signing_before_negotiation: { en: 'must not be before negotiatingOn', zh: '签约日期不能早于洽谈日期' },
  signed_and_lost: {
    en: 'cannot be combined with signedOn: a signed contact is not lost',
    zh: '已签约的对接记录不能同时有流失日期',
  },
  project_without_signing: { en: 'needs a signedOn', zh: '须有签约日期（signedOn）' },
  not_the_delegations_event: {
    en: 'must be the event of the delegation, “{event}”',
    zh: '应为该小分队参加的活动“{event}”',
  },
  before_delegation: {
    en: 'must not be before {day}, when the delegation was sent',
    zh: '不能早于小分队派出日期（{day}）',
  },
  contacts_at_the_event: {
    en: 'must stay “{event}”: the delegation has {count} {count:contact|contacts} there; detach {count:it|them} first',
    zh: '应保持为“{event}”：该小分队已有 {count} 条在该活动的对接记录，请先将其移出',
  },
  after_its_contacts: {
    en: 'must not be after {day}, when the delegation made its first contact',
    zh: '不能晚于该小分队首次对接的日期（{day}）',
  },
} as const satisfies Record<string, Message>;

export const outreachMessages = { faults } satisfies Messages;

type Faults = typeof faults;

declare module '../../http/messages.ts' {
  interface FaultMessages extends Faults {}
}
