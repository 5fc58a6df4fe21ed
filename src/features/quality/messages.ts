/** Messages about rules. */
import type { Messages, ProblemMessage } from '../../http/messages.ts';

const problems = {
  'quality.not_found': {
    status: 404,
    en: 'There is no rule “{rule}”; the rules are {rules}.',
    zh: '没有规则“{rule}”；现有规则：{rules}。',
  },
} as const satisfies Record<string, ProblemMessage>;

export const qualityMessages = { problems } satisfies Messages;

type Problems = typeof problems;

declare module '../../http/messages.ts' {
  interface ProblemMessages extends Problems {}
}
