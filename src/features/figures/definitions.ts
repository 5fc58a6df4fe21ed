/** The version of what the figures mean, by which a permalink stays true. */

/** What a version changed. */
interface Version {
  version: number;
  /** The day from which the service computed by it. */
  since: string;
  zh: string;
  en: string;
}

/**
 * The versions, the first one first. Add one whenever an answer to the same question about the same data changes: a
 * formula, a rounding, a field of the answer.
 */
export const versions: readonly Version[] = [
  { version: 1, since: '2026-11-27', zh: '初始口径。', en: 'The first version.' },
];

/** The version by which figures are computed. */
export const definitionsVersion = versions.length;
