/** Invisible characters, by which names that look the same could differ. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * Folds text for searching: ignores width, compatibility forms, case and invisible characters, in any script.
 */
export const searchText = (...parts: (string | null | undefined)[]): string =>
  parts
    .filter((part) => part)
    .join('\n')
    .normalize('NFKC')
    .replace(UNSEEN, '')
    .toLowerCase();
