/** Follows the change stream, through `fetch` so that the key travels in a header, and refreshes what changed. */
import { useEffect, useReducer } from 'preact/hooks';
import { isPast, watchAddress } from './address.ts';
import { ask, askJson, isCatchingUp, isCutOff, Refused, refreshTo, retry, watchAnswers } from './service.ts';

/** Longer than the 15 seconds between the service's signs of life. */
const SILENCE_MS = 40_000;
/** Changes that come together are shown together. */
const GATHER_MS = 250;
/** Figures do not depend on these. */
const IRRELEVANT = new Set(['keys', 'imports', 'mappings']);

type State = 'starting' | 'live' | 'behind' | 'refused' | 'paused';

let state: State = 'starting';
let behindSince = 0;
let running: AbortController | undefined;
const listeners = new Set<() => void>();

const now = (): number => performance.timeOrigin + performance.now();
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function become(next: State): void {
  if (next === 'behind' && state !== 'behind') behindSince = now();
  state = next;
  for (const listener of listeners) listener();
}

let isGathering = false;
let newest = 0;

function heard(seq: number, entity: string): void {
  if (IRRELEVANT.has(entity)) return;
  newest = Math.max(newest, seq);
  if (isGathering) return;
  isGathering = true;
  setTimeout(() => {
    isGathering = false;
    refreshTo(newest);
  }, GATHER_MS);
}

/** Reads the stream until it ends. @returns the last position */
async function read(after: number, signal: AbortSignal): Promise<number> {
  let position = after;
  const silent = new AbortController();
  const both = AbortSignal.any([signal, silent.signal]);
  const response = await ask(`/v1/changes/stream?after=${after}`, { signal: both });
  become('live');
  const reader = (response.body as ReadableStream<Uint8Array>)
    .pipeThrough(new TextDecoderStream() as never)
    .getReader();
  let text = '';
  for (;;) {
    const timer = setTimeout(() => silent.abort(), SILENCE_MS);
    const { value, done } = (await reader.read().finally(() => clearTimeout(timer))) as {
      value?: string;
      done: boolean;
    };
    if (done) return position;
    text += value;
    const events = text.split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data === undefined) continue;
      const { seq, entity } = JSON.parse(data) as { seq: number; entity: string };
      position = seq;
      heard(seq, entity);
    }
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof Refused && [401, 403].includes(error.problem.status);

async function follow(signal: AbortSignal): Promise<void> {
  let position: number | undefined;
  for (let failures = 0; !signal.aborted; failures++) {
    try {
      if (position === undefined) {
        position = (await askJson<{ seq: number }>('/v1/changes/head', { signal })).seq;
        // What was asked for before may be older.
        refreshTo(position);
      }
      position = await read(position, signal).then((reached) => {
        failures = 0;
        return reached;
      });
    } catch (error) {
      if (signal.aborted) return;
      if (isRefusal(error)) return become('refused');
      // After a restored backup the log may be shorter than the position.
      if (error instanceof Refused && error.problem.status === 422) position = undefined;
    }
    if (signal.aborted) return;
    become('behind');
    await pause(Math.min(1_000 * 2 ** failures, 15_000));
    retry();
  }
}

/** Starts anew, such as with another key. The past does not change. */
export function followChanges(): void {
  running?.abort();
  running = new AbortController();
  become(isPast() ? 'paused' : 'starting');
  if (!isPast()) void follow(running.signal);
}
watchAddress(() => {
  if (isPast() !== (state === 'paused')) followChanges();
});

export interface Liveness {
  state: State | 'catching up';
  /** When the stream was lost, in milliseconds. */
  since: number;
}

/** Requests that are cut off are tried again this often. */
const RETRY_MS = 5_000;

let awaySince: number | undefined;
let isTrying = false;

/** Whether the service cannot be reached, whatever became of the stream. */
function noteAbsence(): void {
  const isAway = !navigator.onLine || isCutOff();
  awaySince = isAway ? (awaySince ?? now()) : undefined;
  if (!isAway || isTrying) return;
  isTrying = true;
  setTimeout(() => {
    isTrying = false;
    retry();
  }, RETRY_MS);
}

export function useLiveness(): Liveness {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const update = () => {
      noteAbsence();
      (redraw as () => void)();
    };
    const online = () => {
      retry();
      update();
    };
    listeners.add(update);
    const unwatch = watchAnswers(update);
    addEventListener('online', online);
    addEventListener('offline', update);
    return () => {
      listeners.delete(update);
      unwatch();
      removeEventListener('online', online);
      removeEventListener('offline', update);
    };
  }, []);
  if (awaySince !== undefined) return { state: 'behind', since: awaySince };
  return { state: state === 'live' && isCatchingUp() ? 'catching up' : state, since: behindSince };
}
