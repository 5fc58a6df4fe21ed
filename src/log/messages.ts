/** Messages about positions in the log. */
import type { Message } from '../core/languages.ts';
import type { Messages } from '../http/messages.ts';

const faults = {
  beyond_the_end: {
    en: 'must not be beyond the end of the log, {seq}; was an older backup restored?',
    zh: '不能超过变更日志的末尾（{seq}）；是否恢复了较早的备份？',
  },
} as const satisfies Record<string, Message>;

export const logMessages = { faults } satisfies Messages;

type Faults = typeof faults;

declare module '../http/messages.ts' {
  interface FaultMessages extends Faults {}
}
