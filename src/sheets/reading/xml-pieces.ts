/** A large part of a workbook as pieces that each end between two of its elements, so that a parser need hold only one. */
import type { Refusal } from './refusal.ts';
import { malformed } from './xml.ts';

/** Longer than any declaration and comment before the first element. */
const PROLOG = 64 * 1024;

/** The prefix of a part's names, as its first element has it. */
function prefixIn(prolog: string, root: string): string {
  // Entities are declared there, and a workbook has none.
  if (/<!DOCTYPE/i.test(prolog)) throw malformed('DOCTYPE');
  const prefix = new RegExp(`<((?:[\\w.-]+:)?)${root}[\\s/>]`).exec(prolog)?.[1];
  if (prefix === undefined) throw malformed(`<${root}>`);
  return prefix;
}

interface Elements {
  /** The outermost. */
  root: string;
  /** The one that all the others stand in; what comes behind it is left out. */
  list: string;
  /** The one that repeats, such as `row`. */
  element: string;
  /** Characters of one of them; up to twice as many may be held. */
  most: number;
  tooLong(): Refusal;
}

/** Text that is looked through at once. */
const PIECE = 64 * 1024;

async function* textOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    throw error instanceof TypeError ? malformed('UTF-8') : error;
  }
}

/**
 * Cuts before the last opening of the element that repeats.
 * @throws Refusal for what is no such part, and `tooLong()`
 */
export async function* xmlPieces(
  bytes: AsyncIterable<Buffer>,
  { root, list, element, most, tooLong }: Elements,
): AsyncGenerator<string> {
  let text = '';
  let arrived = '';
  let prefix: string | undefined;
  let isOver = false;
  for await (const more of textOf(bytes)) {
    // To the end all the same: then the check sum is that of the whole.
    if (isOver) continue;
    arrived += more;
    // What is left over is copied whenever something is put behind it: so seldom that it does not matter.
    if (arrived.length < Math.max(PIECE, text.length)) continue;
    const seen = Math.max(0, text.length - PIECE);
    text += arrived;
    arrived = '';
    prefix ??= prefixIn(text.slice(0, PROLOG), root);
    const closing = `</${prefix}${list}>`;
    const last = text.indexOf(closing, seen);
    isOver = last >= 0;
    const end = isOver ? last + closing.length : seen + text.slice(seen).lastIndexOf(`<${prefix}${element}`);
    if (end > seen) {
      yield text.slice(0, end);
      text = text.slice(end);
    }
    if (!isOver && text.length > most) throw tooLong();
  }
  if (isOver) return;
  text += arrived;
  prefix ??= prefixIn(text.slice(0, PROLOG), root);
  const closing = `</${prefix}${list}>`;
  const last = text.indexOf(closing);
  const isEmpty = new RegExp(`<${prefix}${list}[^<>]*/>`).test(text);
  if (last < 0 && !isEmpty) throw malformed(closing);
  yield last < 0 ? text : text.slice(0, last + closing.length);
}
