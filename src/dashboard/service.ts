/** Requests to the service, with the key of this tab if there is one; answers are shared and kept until they change. */
import { useEffect, useReducer, useRef } from 'preact/hooks';
import { isPast } from './address.ts';
import { language } from './language.ts';

const KEY = 'luodi.key';

/** Kept by this tab only, and sent in a header only. */
export const key = (): string | null => sessionStorage.getItem(KEY);

/** What is wrong with one part of a request. */
export interface Fault {
  message: string;
  parameter?: string;
  pointer?: string;
}

/** RFC 9457. `code` is `unreachable` if no answer came. */
export interface Problem {
  status: number;
  code: string;
  title: string;
  detail?: string;
  errors?: readonly Fault[];
}

export class Refused extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
  }
}

const unreachable: Problem = { status: 0, code: 'unreachable', title: '' };

/** @throws Refused */
export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const held = key();
  const headers = new Headers(init.headers);
  headers.set('accept-language', language() === 'zh' ? 'zh-CN' : 'en');
  if (held) headers.set('authorization', `Bearer ${held}`);
  const response = await fetch(path, { ...init, headers }).catch(() => {
    throw new Refused(unreachable);
  });
  if (response.ok) return response;
  const problem = await response.json().catch(() => null);
  throw new Refused(problem ?? { ...unreachable, status: response.status, title: response.statusText });
}

export const askJson = async <T>(path: string, init?: RequestInit): Promise<T> =>
  (await ask(path, init)).json();

interface Entry {
  answer?: unknown;
  problem?: Problem;
  revision: number;
  pending?: Promise<void>;
  /** The revision that is asked for while a request is under way. */
  wanted: number;
  readers: Set<() => void>;
}

const MAX_KEPT = 200;
const entries = new Map<string, Entry>();
const watchers = new Set<() => void>();
/** The newest revision that is known of. */
let head = 0;

const isOutdated = ({ revision, answer, problem }: Entry): boolean =>
  (answer === undefined && problem === undefined) || revision < head;

function tell(entry: Entry): void {
  for (const reader of [...entry.readers, ...watchers]) reader();
}

/** Watches whether requests succeed. */
export function watchAnswers(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

/** What is told from a state of the past stays as it is. */
const isOfThePast = (path: string): boolean => isPast(new URL(path, location.origin).searchParams);

async function load(path: string, entry: Entry): Promise<void> {
  const asked = head;
  try {
    entry.answer = await askJson(path);
    delete entry.problem;
    const { revision } = entry.answer as { revision?: number };
    entry.revision = isOfThePast(path) ? Number.POSITIVE_INFINITY : (revision ?? asked);
  } catch (error) {
    entry.problem = error instanceof Refused ? error.problem : { ...unreachable, title: String(error) };
    // What was shown before stays while the service cannot be reached, but not what may no longer be read.
    if (entry.problem.status > 0 && entry.problem.status < 500) delete entry.answer;
    entry.revision = asked;
  }
  delete entry.pending;
  tell(entry);
  if (entry.readers.size > 0 && !entry.problem && entry.wanted > entry.revision) start(path, entry);
}

function start(path: string, entry: Entry): void {
  entry.wanted = head;
  entry.pending ??= load(path, entry);
}

function entryOf(path: string): Entry {
  const known = entries.get(path);
  if (known) return known;
  for (const [oldest, { readers }] of entries) {
    if (entries.size < MAX_KEPT) break;
    if (readers.size === 0) entries.delete(oldest);
  }
  const entry: Entry = { revision: -1, wanted: 0, readers: new Set() };
  entries.set(path, entry);
  return entry;
}

/** Asks again for what is shown and older than a revision. */
export function refreshTo(revision: number): void {
  head = Math.max(head, revision);
  for (const [path, entry] of entries) {
    if (entry.readers.size > 0 && isOutdated(entry)) start(path, entry);
  }
}

/** Asks again for what could not be answered. */
export function retry(): void {
  for (const [path, entry] of entries) {
    if (entry.problem && entry.readers.size > 0) start(path, entry);
  }
}

export const isCatchingUp = (): boolean =>
  [...entries.values()].some(({ pending, readers }) => pending && readers.size > 0);
export const isCutOff = (): boolean =>
  [...entries.values()].some(({ problem, readers }) => problem?.code === 'unreachable' && readers.size > 0);

/** The oldest revision among what is shown. */
export const shownRevision = (): number | undefined => {
  const shown = [...entries.values()].filter(
    ({ readers, answer }) => readers.size > 0 && hasRevision(answer),
  );
  return shown.length === 0 ? undefined : Math.min(...shown.map(({ revision }) => revision));
};

const hasRevision = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && 'revision' in answer;

const keyWatchers = new Set<() => void>();

/** The key, for what looks different with one. */
export function useKey(): string | null {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    keyWatchers.add(redraw as () => void);
    return () => void keyWatchers.delete(redraw as () => void);
  }, []);
  return key();
}

export function holdKey(given: string | null): void {
  if (given === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, given);
  for (const watcher of keyWatchers) watcher();
  const shown = [...entries].filter(([, { readers }]) => readers.size > 0);
  entries.clear();
  for (const [path, entry] of shown) {
    // Nothing of what another key could read stays.
    delete entry.answer;
    delete entry.problem;
    delete entry.pending;
    entries.set(path, entry);
    tell(entry);
    start(path, entry);
  }
}

export interface Shown<T> {
  answer?: T;
  problem?: Problem;
  /** Whether what is shown is the answer to an earlier question. */
  isEarlier: boolean;
}

/** An answer, kept up to date while it is shown. Until another question is answered, the earlier answer stays. */
export function useAnswer<T>(path: string | null): Shown<T> {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const last = useRef<T>(undefined);
  useEffect(() => {
    if (path === null) return undefined;
    const entry = entryOf(path);
    entry.readers.add(redraw as () => void);
    if (isOutdated(entry) || entry.problem) start(path, entry);
    return () => void entry.readers.delete(redraw as () => void);
  }, [path]);
  const entry = path === null ? undefined : entries.get(path);
  if (entry?.answer !== undefined) {
    last.current = entry.answer as T;
    return { answer: entry.answer as T, isEarlier: false, ...(entry.problem && { problem: entry.problem }) };
  }
  if (entry?.problem || path === null) {
    last.current = undefined;
    return { isEarlier: false, ...(entry?.problem && { problem: entry.problem }) };
  }
  return { isEarlier: true, ...(last.current !== undefined && { answer: last.current }) };
}

/** The name of a file in `Content-Disposition`. */
function fileName(response: Response, fallback: string): string {
  const header = response.headers.get('content-disposition') ?? '';
  const [, encoded] = /filename\*=UTF-8''([^;]+)/i.exec(header) ?? [];
  const [, plain] = /filename="?([^";]+)/i.exec(header) ?? [];
  return encoded ? decodeURIComponent(encoded) : (plain ?? fallback);
}

export function saveAs(content: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Saves a file of the service; fetched, because a link cannot send a key. @throws Refused */
export async function download(path: string, fallback: string): Promise<void> {
  const response = await ask(path);
  saveAs(await response.blob(), fileName(response, fallback));
}
