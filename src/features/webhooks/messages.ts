/** Messages about webhooks. */
import type { Message } from '../../core/languages.ts';
import type { Messages, ProblemMessage } from '../../http/messages.ts';

const problems = {
  'webhooks.too_many': {
    status: 409,
    en: 'There are {max} webhooks already; delete one first.',
    zh: '变更推送已达 {max} 个，请先删除不再使用的。',
  },
} as const satisfies Record<string, ProblemMessage>;

const faults = {
  not_an_address: {
    en: 'must be an address like https://example.org/path, without user name, password and #',
    zh: '应为 https://example.org/path 形式的地址，不含用户名、密码和 #',
  },
  not_https: {
    en: 'must begin with https://; http:// is only for this machine',
    zh: '应以 https:// 开头；http:// 仅限本机地址',
  },
  private_address: {
    en: 'leads to {address}, which is not a public address',
    zh: '指向非公网地址 {address}',
  },
} as const satisfies Record<string, Message>;

export const webhookMessages = { problems, faults } satisfies Messages;

type Problems = typeof problems;
type Faults = typeof faults;

declare module '../../http/messages.ts' {
  interface ProblemMessages extends Problems {}
  interface FaultMessages extends Faults {}
}
