/** One message to a webhook, and what is kept of an attempt to send it. */
import type { ChangeEntry } from '../../log/service.ts';
import type { Attempt, Subscriber } from './repository.ts';
import type { Outcome } from './sending.ts';
import { signedHeaders } from './signing.ts';

/** How long attempts are kept. */
export const KEPT_MS = 7 * 24 * 3_600_000;

/** The part of the log that a message covers, and what the webhook is to be told of it. */
export interface Part {
  after: number;
  upTo: number;
  entries: readonly ChangeEntry[];
}

export interface Message {
  id: string;
  part: Part | null;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/**
 * @param part null for a test
 * @param at milliseconds since 1970
 */
export function messageTo(subscriber: Subscriber, id: string, part: Part | null, at: number): Message {
  const timestamp = new Date(at).toISOString();
  const { secret, formerSecret, formerUntil } = subscriber;
  const isOverlapping = formerSecret !== null && formerUntil !== null && timestamp < formerUntil;
  const secrets = isOverlapping ? [secret, formerSecret] : [secret];
  const type = part ? 'changes' : 'test';
  const body = JSON.stringify({ type, timestamp, data: { webhook: subscriber.id, ...part } });
  return { id, part, headers: signedHeaders(id, Math.floor(at / 1_000), body, secrets), body };
}

export const attemptOf = (
  { id: message, part }: Message,
  { status, answer, error, milliseconds }: Outcome,
  at: number,
): Attempt => ({
  kind: part ? 'changes' : 'test',
  message,
  after: part?.after ?? null,
  upTo: part?.upTo ?? null,
  entries: part?.entries.length ?? 0,
  at: new Date(at).toISOString(),
  milliseconds,
  status,
  answer,
  error,
});
