/** Queues for long work: bounded, fair between callers, without callers that have disconnected. */
import { LRUCache } from 'lru-cache';
import { type Asker, currentAsker, expectWanted } from './asker.ts';
import { GoneError, TooManyWaitingError } from './errors.ts';

export interface TurnLimits {
  /** How many run at once, in total and per caller. */
  atOnce: number;
  ofOne: number;
  /** How many wait, in total and per caller. */
  waiting: number;
  waitingOfOne: number;
}

/** A page of a dashboard requests some dozen figures at once. */
export const WAITING = { waiting: 256, waitingOfOne: 32 };

interface Turn {
  asker: Asker;
  begin(): void;
}

const has = ({ asker }: Turn, name: string): boolean => [...asker.names].includes(name);
/** A caller's number of the given turns; for several callers who share one, the lowest of their numbers. */
const countOf = (turns: Iterable<Turn>, asker: Asker): number =>
  Math.min(...[...asker.names].map((name) => [...turns].filter((turn) => has(turn, name)).length));

/**
 * A fair queue: of the waiting callers, the one served longest ago is next, so that a caller with many
 * requests only delays itself.
 * @returns runs a work in its turn; rejects immediately with TooManyWaitingError if too many wait, and with
 * GoneError when the caller has disconnected
 */
export function fairTurns({ atOnce, ofOne, waiting: mayWait, waitingOfOne }: TurnLimits) {
  const running = new Set<Turn>();
  const waiting = new Set<Turn>();
  const lastTurn = new LRUCache<string, number>({ max: 1_000 });
  let turns = 0;

  const isFree = (asker: Asker): boolean => running.size < atOnce && countOf(running, asker) < ofOne;
  const lastOf = ({ asker }: Turn): number =>
    Math.min(...[...asker.names].map((name) => lastTurn.get(name) ?? 0));

  function enter(turn: Turn): void {
    turns += 1;
    running.add(turn);
    for (const name of turn.asker.names) lastTurn.set(name, turns);
  }

  function leave(turn: Turn): void {
    running.delete(turn);
    const free = [...waiting].filter(({ asker }) => isFree(asker));
    const next = free.sort((a, b) => lastOf(a) - lastOf(b))[0];
    if (!next) return;
    waiting.delete(next);
    enter(next);
    next.begin();
  }

  async function wait(turn: Turn): Promise<void> {
    const { asker } = turn;
    if (countOf(waiting, asker) >= waitingOfOne) throw new TooManyWaitingError(waitingOfOne, 'own');
    if (waiting.size >= mayWait) throw new TooManyWaitingError(mayWait, 'all');
    waiting.add(turn);
    await new Promise<void>((resolve, reject) => {
      const giveUp = () => {
        waiting.delete(turn);
        reject(new GoneError());
      };
      turn.begin = () => {
        asker.signal.removeEventListener('abort', giveUp);
        resolve();
      };
      asker.signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  return async <T>(work: (asker: Asker) => Promise<T>): Promise<T> => {
    const asker = currentAsker();
    expectWanted(asker);
    const turn: Turn = { asker, begin: () => {} };
    if (isFree(asker)) enter(turn);
    else await wait(turn);
    try {
      return await work(asker);
    } finally {
      leave(turn);
    }
  };
}
