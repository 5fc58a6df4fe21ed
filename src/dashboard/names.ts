/** Names of codes: of fields and statuses as the service has them, and of what projects refer to. */
import { useMemo } from 'preact/hooks';
import { pastOf, pathOf, useAddress } from './address.ts';
import type { Names, PageOf } from './answers.ts';
import { nameOf } from './language.ts';
import { useAnswer } from './service.ts';

export const useNames = (): Names | undefined => useAnswer<Names>('/dashboard/names.json').answer;

interface Entry {
  code: string;
  name: string;
  nameEn: string | null;
}

/** @returns the name of a code of a catalogue, or the code if it is unknown */
export function useNamesOf(
  catalogue: 'events' | 'regions' | 'zones' | 'industries',
): (code: string | null) => string {
  const path = pathOf(`/v1/${catalogue}`, pastOf(useAddress()), { limit: '500' });
  const { answer } = useAnswer<PageOf<Entry>>(path);
  const byCode = useMemo(() => new Map(answer?.items.map((entry) => [entry.code, entry])), [answer]);
  return (code) => {
    if (code === null) return '';
    const entry = byCode.get(code);
    return (entry && nameOf(entry)) ?? code;
  };
}
