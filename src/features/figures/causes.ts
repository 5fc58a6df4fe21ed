/** All that a difference can consist of. */
import { type CauseName, causeNames, causes } from './calendar.ts';
import { type CorrectionName, correctionNames, corrections } from './corrections.ts';

export type AnyCause = CorrectionName | CauseName;
export const allCauseNames = [...correctionNames, ...causeNames] as [AnyCause, ...AnyCause[]];
export const allCauses: Readonly<Record<AnyCause, { zh: string; en: string }>> = {
  ...corrections,
  ...causes,
};
