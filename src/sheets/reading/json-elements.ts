/** Finds the elements of an array in a JSON document, without holding the document. */
import { limits } from './limits.ts';
import { Refusal } from './refusal.ts';

const BLANK = /\s/;

/** An open object or array, and the key of the value that is next in an object. */
interface Level {
  isArray: boolean;
  key: string;
  /** Whether a string is a key. */
  expectsKey: boolean;
}

/** Fed with pieces of the text. What is outside the array is skipped; its elements are parsed by others. */
export class JsonElements {
  readonly #path: readonly string[];
  readonly #levels: Level[] = [];
  #text = '';
  /** The current position. */
  #at = 0;
  /** Start of the current element, or of the current key. */
  #start = -1;
  #count = 0;
  #isInString = false;
  #isEscaped = false;
  /** Depth of the levels in the wanted array; 0 outside. */
  #wanted = 0;
  #hasFound = false;
  #hasBegun = false;

  /** @param path keys of the array in the document; empty if the document is the array */
  constructor(path: readonly string[]) {
    this.#path = path;
  }

  /** The elements completed by the next piece. @throws Refusal if one is too large, or this is no document */
  take(piece: string): string[] {
    this.#text += piece;
    const elements: string[] = [];
    for (; this.#at < this.#text.length; this.#at++) {
      const element = this.#step(this.#text.charAt(this.#at));
      if (element !== undefined) elements.push(element);
    }
    const kept = this.#start < 0 ? this.#at : this.#start;
    if (this.#at - kept > limits.recordCharacters) {
      throw new Refusal('imports.record_too_large', { row: this.#count + 1, max: limits.recordCharacters });
    }
    this.#text = this.#text.slice(kept);
    this.#at -= kept;
    if (this.#start >= 0) this.#start = 0;
    return elements;
  }

  /** @throws Refusal if the document is not complete, or has no such array */
  end(): void {
    if (this.#isInString || this.#levels.length > 0) throw this.#invalid();
    if (!this.#hasFound) throw new Refusal('imports.no_rows', { path: this.#path.join('.') || '[ ]' });
  }

  #invalid(): Refusal {
    return new Refusal('imports.invalid_json', { rows: this.#count });
  }

  get #isInWanted(): boolean {
    return this.#wanted > 0 && this.#levels.length === this.#wanted;
  }

  /** @returns the element that the character ends, if it ends one */
  #step(character: string): string | undefined {
    if (this.#isInString) {
      this.#inString(character);
      return undefined;
    }
    const level = this.#levels.at(-1);
    if (!level && !BLANK.test(character)) this.#begin(character);
    let element: string | undefined;
    if (this.#isInWanted && (character === ',' || character === ']')) element = this.#closeElement();
    else if (this.#isInWanted && this.#start < 0 && !BLANK.test(character)) this.#start = this.#at;
    if (character === '"') {
      this.#isInString = true;
      if (level?.expectsKey && this.#wanted === 0) this.#start = this.#at;
    } else if (character === '{' || character === '[') this.#open(character === '[');
    else if (character === '}' || character === ']') this.#close(character === ']');
    else if (character === ',' && level && !level.isArray) level.expectsKey = true;
    return element;
  }

  /** A document is one object or array, with nothing else. */
  #begin(character: string): void {
    if (this.#hasBegun || !'{['.includes(character)) throw this.#invalid();
    this.#hasBegun = true;
  }

  #inString(character: string): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (character === '\\') this.#isEscaped = true;
    else if (character === '"') {
      this.#isInString = false;
      const level = this.#levels.at(-1);
      if (!level?.expectsKey) return;
      level.expectsKey = false;
      if (this.#wanted > 0) return;
      level.key = keyIn(this.#text.slice(this.#start, this.#at + 1));
      this.#start = -1;
    }
  }

  #open(isArray: boolean): void {
    const isWanted =
      isArray &&
      this.#wanted === 0 &&
      this.#levels.length === this.#path.length &&
      this.#levels.every(({ key }, i) => key === this.#path[i]);
    this.#levels.push({ isArray, key: '', expectsKey: !isArray });
    if (!isWanted) return;
    if (this.#hasFound) throw this.#invalid();
    this.#wanted = this.#levels.length;
    this.#hasFound = true;
  }

  #close(isArray: boolean): void {
    if (this.#isInWanted) this.#wanted = 0;
    if (this.#levels.pop()?.isArray !== isArray) throw this.#invalid();
  }

  #closeElement(): string | undefined {
    if (this.#start < 0) return undefined;
    this.#count += 1;
    const element = this.#text.slice(this.#start, this.#at);
    this.#start = -1;
    return element;
  }
}

/** A key with its quotation marks; what is no JSON is no key of a path. */
function keyIn(text: string): string {
  try {
    return JSON.parse(text);
  } catch {
    return '';
  }
}
