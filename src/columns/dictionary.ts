/** Texts as small integers, numbered in the order in which they are met. */

/** The code of a missing text. */
export const NONE = 0;

/** Places of codes that were met lately: a power of two. */
const LATELY = 1 << 14;

/** Where a text may be among those: by its end, where codes and ids differ. */
function placeOf(text: string): number {
  let place = text.length;
  for (let i = Math.max(place - 6, 0); i < text.length; i++)
    place = Math.imul(place, 31) + text.charCodeAt(i);
  return (place ^ (place >>> 14)) & (LATELY - 1);
}

export class Dictionary {
  readonly #codes = new Map<string, number>();
  readonly #texts: (string | null)[] = [null];
  /** Comparing with one text takes a third of the time of a map, which hashes all of it: a million rows have millions. */
  readonly #lately = new Uint32Array(LATELY);

  /** Codes are below this. */
  get size(): number {
    return this.#texts.length;
  }

  /** The code of a text, a new one if it has none. */
  codeOf(text: string | null): number {
    if (text === null) return NONE;
    const place = placeOf(text);
    const late = this.#lately[place] as number;
    if (this.#texts[late] === text) return late;
    let code = this.#codes.get(text);
    if (code === undefined) {
      code = this.#texts.push(text) - 1;
      this.#codes.set(text, code);
    }
    this.#lately[place] = code;
    return code;
  }

  /** The code of a text that may be unknown: undefined. */
  known(text: string): number | undefined {
    return this.#codes.get(text);
  }

  textOf(code: number): string | null {
    return this.#texts[code] as string | null;
  }

  texts(): readonly (string | null)[] {
    return this.#texts;
  }
}
