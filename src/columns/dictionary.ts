/** Texts as small integers, numbered in the order in which they are met. */

/** The code of a missing text. */
export const NONE = 0;

export class Dictionary {
  readonly #codes = new Map<string, number>();
  readonly #texts: (string | null)[] = [null];

  /** Codes are below this. */
  get size(): number {
    return this.#texts.length;
  }

  /** The code of a text, a new one if it has none. */
  codeOf(text: string | null): number {
    if (text === null) return NONE;
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    const code = this.#texts.push(text) - 1;
    this.#codes.set(text, code);
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
