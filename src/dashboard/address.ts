/** The state of the page is its address: what is shown, for which selection, in which language. */
import { useEffect, useState } from 'preact/hooks';

export type Changes = Readonly<Record<string, string | readonly string[] | null>>;

/** Parameters of the page itself. All others select projects, and are sent to the service as they are. */
const OF_THE_PAGE = new Set([
  ...['lang', 'view', 'wall', 'measure', 'growth', 'amounts', 'cohort', 'compareWith'],
  ...['project', 'rule', 'sort', 'cursor', 'page', 'import', 'entity'],
]);

/** What a figure of several days does not depend on; the service refuses these for such figures. */
export const MOVING: readonly string[] = [
  ...['operatingStatus', 'registered', 'started', 'completed', 'inProduction', 'performing', 'suspended'],
  ...['terminated', 'overdueStart', 'overdueProduction', 'sameYear'],
];

/** From which state of the data everything is told; one of them, or neither for the present. */
export const PAST: readonly string[] = ['knownAt', 'revision'];

let current = new URLSearchParams(location.search);
const listeners = new Set<() => void>();

function notify(): void {
  current = new URLSearchParams(location.search);
  for (const listener of listeners) listener();
}
addEventListener('popstate', notify);

export const address = (): URLSearchParams => current;

/** @returns how to stop */
export function watchAddress(watcher: () => void): () => void {
  listeners.add(watcher);
  return () => void listeners.delete(watcher);
}

export function useAddress(): URLSearchParams {
  const [shown, show] = useState(current);
  useEffect(() => {
    const update = () => show(current);
    update();
    return watchAddress(update);
  }, []);
  return shown;
}

/** The address of the page with some parameters changed; null removes one. */
export function hrefWith(changes: Changes, from: URLSearchParams = current): string {
  const next = new URLSearchParams(from);
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    for (const one of value === null ? [] : [value].flat()) next.append(name, one);
  }
  const query = next
    .toString()
    .replaceAll('%2C', ',')
    .replaceAll('%3A', ':')
    .replace(/\bwall=(?=&|$)/, 'wall');
  return query === '' ? '/' : `/?${query}`;
}

export function go(href: string, { replace = false } = {}): void {
  const sameView = new URL(href, location.href).searchParams.get('view') === current.get('view');
  if (replace) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  notify();
  if (replace || sameView) return;
  // Whoever uses the keyboard or a screen reader starts at the top of the new view as well.
  document.getElementById('content')?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

export const change = (changes: Changes, options?: { replace: boolean }): void =>
  go(hrefWith(changes), options);

/** A page of projects starts anew when the selection changes. */
export const select = (changes: Changes, options?: { replace: boolean }): void =>
  change({ cursor: null, page: null, ...changes }, options);

/** Links of the page change its address without loading it anew. */
export function followLinks(): void {
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
      return;
    const link = (event.target as Element).closest('a');
    if (link?.target !== '' || link.hasAttribute('download')) return;
    if (link.origin !== location.origin || link.pathname !== '/') return;
    event.preventDefault();
    go(link.href);
  });
}

/** The parameters that select projects, the day, and the past. */
export function selectionOf(from: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...from].filter(([name]) => !OF_THE_PAGE.has(name)));
}

export const withoutMoving = (selection: URLSearchParams): URLSearchParams =>
  new URLSearchParams([...selection].filter(([name]) => !MOVING.includes(name)));

/** What to ask with that does not depend on a selection. */
export const pastOf = (from: URLSearchParams): URLSearchParams =>
  new URLSearchParams([...from].filter(([name]) => PAST.includes(name)));

export const isPast = (from: URLSearchParams = current): boolean => pastOf(from).size > 0;

/** The way back to the present. */
export const TO_THE_PRESENT: Changes = Object.fromEntries(PAST.map((name) => [name, null]));

/** Removes a selection from the address, apart from the day and the past. */
export const nothingSelected = (from: URLSearchParams): Changes =>
  Object.fromEntries(
    [...selectionOf(from).keys()]
      .filter((name) => name !== 'asOf' && !PAST.includes(name))
      .map((name) => [name, null]),
  );

/** A path of the service for a selection. */
export function pathOf(path: string, selection: URLSearchParams, more: Changes = {}): string {
  const query = hrefWith(more, selection).replace(/^\/\??/, '');
  return query === '' ? path : `${path}?${query}`;
}

/** The page that shows what a link of the service leads to: its projects. */
export function pageOf(link: string, more: Changes = {}): string {
  const { pathname, searchParams } = new URL(link, location.origin);
  const rule = /^\/v1\/quality\/(\w+)$/.exec(pathname)?.[1] ?? null;
  const kept = Object.fromEntries(
    ['lang', 'measure', 'compareWith', ...PAST].map((name) => [name, current.get(name)]),
  );
  return hrefWith({ ...kept, view: 'projects', rule, ...more }, searchParams);
}
