/** Folds text for searching: width, compatibility forms and capitals make no difference, in any script. */
export const searchText = (...parts: (string | null | undefined)[]): string =>
  parts
    .filter((part) => part)
    .join('\n')
    .normalize('NFKC')
    .toLowerCase();
