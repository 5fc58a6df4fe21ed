/** The objects of an NDJSON file, one a line, as the service itself writes them. */
import { type TextEncoding, TextFile } from './encoding.ts';
import { limits } from './limits.ts';
import { Refusal } from './refusal.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface JsonLine {
  /** Counted from 1. */
  row: number;
  /** Null where the line is no object. */
  object: JsonObject | null;
  text: string;
}

const NEWLINE = '\n';

/** The lines of a text, in batches, without those in which nothing stands. */
async function* textLines(file: TextFile): AsyncGenerator<{ row: number; text: string }[]> {
  let row = 0;
  let rest = '';
  const refuseLong = (text: string) => {
    if (text.length > limits.recordCharacters) {
      throw new Refusal('imports.record_too_large', { row: row + 1, max: limits.recordCharacters });
    }
  };
  function* linesIn(texts: readonly string[]): Generator<{ row: number; text: string }> {
    for (const text of texts) {
      refuseLong(text);
      row += 1;
      if (text.trim() !== '') yield { row, text };
    }
  }
  for await (const chunk of file) {
    const texts = (rest + chunk).split(NEWLINE);
    rest = texts.pop() as string;
    yield [...linesIn(texts)];
    refuseLong(rest);
  }
  yield [...linesIn([rest])];
}

function parsed(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : null;
  } catch {
    return null;
  }
}

/** What the last line of an export says. */
const isEnd = (object: JsonObject | null): object is { end: true; count: number } =>
  object?.end === true && typeof object.count === 'number';

export interface JsonSource {
  lines: AsyncIterable<JsonLine[]>;
  bytes(): number;
}

async function* linesOf(file: TextFile): AsyncGenerator<JsonLine[]> {
  let count = 0;
  for await (const batch of textLines(file)) {
    const lines: JsonLine[] = [];
    for (const { row, text } of batch) {
      const object = parsed(text);
      if (!isEnd(object)) {
        count += 1;
        lines.push({ row, object, text });
        continue;
      }
      if (object.count !== count)
        throw new Refusal('imports.incomplete', { count: object.count, rows: count });
      // Several exports one behind the other are one.
      count = 0;
    }
    yield lines;
  }
}

/** @throws Refusal where a last line counts other lines than there are */
export function jsonSource(file: string, encoding: TextEncoding): JsonSource {
  const texts = new TextFile(file, encoding);
  return { lines: linesOf(texts), bytes: () => texts.bytes };
}
