/** Forms resource names for operation ids and at the start of sentences. */

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `cluster members` of `cluster member`, `industries` of `industry`. */
export const pluralOf = (noun: string): string => `${noun}s`.replace(/ys$/, 'ies');

/** `1 project`, `2 projects`. */
export const counted = (count: number, noun: string): string =>
  `${count} ${count === 1 ? noun : pluralOf(noun)}`;

/** `ClusterMember` of `cluster member`. */
export const inPascalCase = (noun: string): string =>
  noun.replace(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase());
