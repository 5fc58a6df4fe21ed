/** The refusal of a whole file, as sent by the process that reads it. */
import type { MessageValue } from '../../core/languages.ts';
import type { ProblemKind } from '../../http/messages.ts';

export type RefusalKind = Extract<ProblemKind, `imports.${string}`>;

/** Plain data. */
export interface RefusalReport {
  kind: RefusalKind;
  values: Readonly<Record<string, MessageValue>>;
}

export class Refusal extends Error implements RefusalReport {
  readonly kind: RefusalKind;
  readonly values: Readonly<Record<string, MessageValue>>;

  constructor(kind: RefusalKind, values: Readonly<Record<string, MessageValue>> = {}, cause?: unknown) {
    super(kind, { cause });
    this.kind = kind;
    this.values = values;
  }
}

/** User input, shortened for use in messages. */
export const cut = (text: string, characters = 100): string =>
  text.length > characters ? `${text.slice(0, characters - 1)}…`.toWellFormed() : text;
