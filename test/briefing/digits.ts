/** The digits of a sentence and their origin. */

interface Sentence {
  text: string;
  figures: readonly { printed: string }[];
  names: readonly { printed: string }[];
}

/** All numbers in the text that are not part of a listed figure or name. */
export function strayDigits({ text, figures, names }: Sentence): string[] {
  const printed = [...figures, ...names].map((one) => one.printed);
  const places = printed.flatMap((part) => {
    const found: [from: number, to: number][] = [];
    for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) {
      found.push([at, at + part.length]);
    }
    return found;
  });
  return [...text.matchAll(/\p{Nd}[\p{Nd}.,]*/gu)]
    .map(({ 0: run, index }) => ({ run: run.replace(/[.,]+$/, ''), index }))
    .filter(({ run, index }) => !places.some(([from, to]) => from <= index && index + run.length <= to))
    .map(({ run }) => run);
}
