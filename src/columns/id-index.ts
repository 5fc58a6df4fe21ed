/**
 * The row of each id: UUIDs as 16 bytes in a hash table with open addressing. A `Map` of a million texts would take
 * four times the memory.
 */

const WORDS = 4;
const EMPTY = 0;

const HEX = new Uint8Array(128);
for (let i = 0; i < 16; i++) HEX['0123456789abcdef'.charCodeAt(i)] = i;

/** The words of the id that was parsed last. */
const parsed = new Uint32Array(WORDS);

/** Where the digits of each word are in the text of a UUID. */
const DIGITS = [
  0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17, 19, 20, 21, 22, 24, 25, 26, 27, 28, 29,
].concat([30, 31, 32, 33, 34, 35]);

function parse(id: string): void {
  for (let word = 0; word < WORDS; word++) {
    let value = 0;
    for (let i = 0; i < 8; i++)
      value = (value << 4) | (HEX[id.charCodeAt(DIGITS[8 * word + i] as number)] as number);
    parsed[word] = value;
  }
}

export class IdIndex {
  #ids = new Uint32Array(WORDS * 1024);
  /** Rows plus one, by hash. */
  #slots = new Uint32Array(2048);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get bytes(): number {
    return this.#ids.byteLength + this.#slots.byteLength;
  }

  /** The id of a row. */
  textOf(row: number): string {
    let hex = '';
    for (let word = 0; word < WORDS; word++)
      hex += (this.#ids[WORDS * row + word] as number).toString(16).padStart(8, '0');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  /** Negative, 0 or positive as the ids of two rows are in order. */
  compare(a: number, b: number): number {
    for (let word = 0; word < WORDS; word++) {
      const difference = (this.#ids[WORDS * a + word] as number) - (this.#ids[WORDS * b + word] as number);
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** @returns its row; -1 if it has none */
  find(id: string): number {
    parse(id);
    return (this.#slots[this.#slotOf()] as number) - 1;
  }

  /** @returns its row: the next one if it is new */
  add(id: string): number {
    parse(id);
    const slot = this.#slotOf();
    const known = this.#slots[slot] as number;
    if (known !== EMPTY) return known - 1;
    const row = this.#count++;
    if (this.#ids.length < WORDS * this.#count) {
      const larger = new Uint32Array(2 * this.#ids.length);
      larger.set(this.#ids);
      this.#ids = larger;
    }
    this.#ids.set(parsed, WORDS * row);
    this.#slots[slot] = row + 1;
    if (2 * this.#count > this.#slots.length) this.#rehash();
    return row;
  }

  /** The slot that has the parsed id, or an empty one for it. */
  #slotOf(): number {
    const mask = this.#slots.length - 1;
    let slot = this.#hash(parsed, 0) & mask;
    for (;;) {
      const row = this.#slots[slot] as number;
      if (row === EMPTY || this.#isAt(row - 1)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #isAt(row: number): boolean {
    const at = WORDS * row;
    for (let word = 0; word < WORDS; word++) if (this.#ids[at + word] !== parsed[word]) return false;
    return true;
  }

  /** The first words of UUIDv7 are a time: the last ones are random. */
  #hash(words: Uint32Array, at: number): number {
    return (
      Math.imul((words[at + 3] as number) ^ Math.imul(words[at + 2] as number, 0x9e3779b1), 0x85ebca6b) >>> 7
    );
  }

  #rehash(): void {
    this.#slots = new Uint32Array(2 * this.#slots.length);
    const mask = this.#slots.length - 1;
    for (let row = 0; row < this.#count; row++) {
      let slot = this.#hash(this.#ids, WORDS * row) & mask;
      while (this.#slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      this.#slots[slot] = row + 1;
    }
  }
}
