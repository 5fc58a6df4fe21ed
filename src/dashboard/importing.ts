/** Sends sheets to the service and watches what becomes of them. */
import type { Import } from './answers.ts';
import { language } from './language.ts';
import { ask, askJson } from './service.ts';

export interface Choices {
  entity: string;
  unit: string;
  partial: boolean;
  createEnterprises: boolean;
}

const LOOK_EVERY_MS = 400;

/** Works without HTTPS, unlike `crypto.randomUUID`. */
function onceOnly(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const importPath = (id: string): string => `/v1/imports/${id}?lang=${language()}`;

/**
 * Previews or commits a file, and tells how far it is until it has ended.
 * @throws Refused if the service does not take the file
 */
export async function sendSheet(
  file: File,
  mode: 'preview' | 'commit',
  { entity, unit, partial, createEnterprises }: Choices,
  onProgress: (state: Import) => void,
): Promise<Import> {
  const query = new URLSearchParams({
    mode,
    entity,
    unit,
    lang: language(),
    ...(partial && { partial: 'true' }),
    ...(createEnterprises && { createEnterprises: 'true' }),
  });
  const body = new FormData();
  body.append('file', file);
  const headers = { prefer: 'respond-async', ...(mode === 'commit' && { 'idempotency-key': onceOnly() }) };
  let state = (await (
    await ask(`/v1/imports/form?${query}`, { method: 'POST', body, headers })
  ).json()) as Import;
  while (state.status === 'running') {
    onProgress(state);
    await pause(LOOK_EVERY_MS);
    state = await askJson<Import>(importPath(state.id));
  }
  return state;
}

export const cancelImport = (id: string): Promise<unknown> =>
  ask(`/v1/imports/${id}/cancel`, { method: 'POST' });
