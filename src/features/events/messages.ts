/** Messages about events. */
import type { Message } from '../../core/languages.ts';
import type { Messages } from '../../http/messages.ts';

const faults = {
  ends_before_start: { en: 'must not be before startsOn', zh: '不能早于 startsOn' },
} as const satisfies Record<string, Message>;

export const eventMessages = { faults } satisfies Messages;

type Faults = typeof faults;

declare module '../../http/messages.ts' {
  interface FaultMessages extends Faults {}
}
