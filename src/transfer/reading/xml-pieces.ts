/** A large part of a workbook as pieces that each end between two of its elements, so that a parser need hold only one. */
import type { Refusal } from './refusal.ts';
import { malformed } from './xml.ts';

/** Longer than any declaration and comment before the first element. */
const PROLOG = 64 * 1024;

/** What a part begins with, up to its first element: its prefix, if its names have one. */
function prefixIn(prolog: string, root: string): string | undefined {
  // Entities are declared there, and a workbook has none.
  if (/<!DOCTYPE/i.test(prolog)) throw malformed('DOCTYPE');
  return new RegExp(`<((?:[\\w.-]+:)?)${root}[\\s/>]`).exec(prolog)?.[1];
}

interface Elements {
  /** The outermost. */
  root: string;
  /** The one that all the others stand in; what comes behind it is left out. */
  list: string;
  /** The one that repeats, such as `row`. */
  element: string;
  /** Characters of one of them. */
  most: number;
  tooLong(): Refusal;
}

/**
 * Cuts before the last opening of the element that repeats.
 * @throws Refusal for what is no such part, and `tooLong()`
 */
export async function* xmlPieces(
  bytes: AsyncIterable<Buffer>,
  { root, list, element, most, tooLong }: Elements,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let opening: string | undefined;
  let closing = '';
  let isOver = false;
  const decode = (chunk?: Buffer): string => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch {
      throw malformed('UTF-8');
    }
  };
  for await (const chunk of bytes) {
    // To the end all the same: then the check sum is that of the whole.
    if (isOver) continue;
    text += decode(chunk);
    if (opening === undefined) {
      const prefix = prefixIn(text.slice(0, PROLOG), root);
      if (prefix === undefined && text.length < PROLOG) continue;
      if (prefix === undefined) throw malformed(`<${root}>`);
      opening = `<${prefix}${element}`;
      closing = `</${prefix}${list}>`;
    }
    const last = text.indexOf(closing);
    if (last >= 0) {
      yield text.slice(0, last + closing.length);
      isOver = true;
      continue;
    }
    const end = text.lastIndexOf(opening);
    if (end > 0) {
      yield text.slice(0, end);
      text = text.slice(end);
    }
    if (text.length > most) throw tooLong();
  }
  if (isOver) return;
  text += decode();
  if (opening === undefined && prefixIn(text, root) === undefined) throw malformed(`<${root}>`);
  yield text;
}
