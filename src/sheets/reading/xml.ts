/**
 * A streaming parser for the XML of workbooks. hucre does not export its parser, and its row reader does not
 * report formulas, errors or hidden sheets, and ignores backpressure.
 */
import { Refusal } from './refusal.ts';

export type Attributes = Readonly<Record<string, string>>;

/** Local names; attributes are parsed on demand. */
export interface XmlEvents {
  open(name: string, attributes: () => Attributes): void;
  close(name: string): void;
  text(text: string): void;
}

export const malformed = (reason: string): Refusal =>
  new Refusal('imports.not_a_workbook', { reason: reason.slice(0, 100) });

const NAMED = new Map(Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }));

/** Only the entities predefined by XML: declaring others is an attack. */
function character(whole: string, name: string): string {
  const isHex = name.startsWith('#x');
  const code = name.startsWith('#') ? Number.parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10) : undefined;
  const found =
    code === undefined ? NAMED.get(name) : code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
  if (found === undefined) throw malformed(whole);
  return found;
}

const decoded = (text: string): string =>
  text.includes('&') ? text.replaceAll(/&([^;&<\s]{1,20});?/g, character) : text;

/** Normalises line breaks as XML requires; literal carriage returns are written as references. */
const normalBreaks = (xml: string): string => (xml.includes('\r') ? xml.replaceAll(/\r\n?/g, '\n') : xml);

const [TAB, NEWLINE, SPACE, QUOTE, APOSTROPHE, SLASH, GREATER] = [9, 10, 32, 34, 39, 47, 62];

/** By qualified name. */
function attributesIn(tag: string): Attributes {
  const attributes: Record<string, string> = {};
  for (let at = 0; ; ) {
    const equals = tag.indexOf('=', at);
    if (equals < 0) return attributes;
    let start = equals + 1;
    while (tag.charCodeAt(start) <= SPACE) start += 1;
    const quote = tag.charAt(start);
    const end = quote === '"' || quote === "'" ? tag.indexOf(quote, start + 1) : -1;
    if (end < 0) throw malformed(tag);
    attributes[tag.slice(at, equals).trim()] = decoded(tag.slice(start + 1, end));
    at = end + 1;
  }
}

/** The end of a tag: its closing `>`, not one inside an attribute. */
function endOfTag(xml: string, start: number): number {
  for (let i = start; i < xml.length; i++) {
    const code = xml.charCodeAt(i);
    if (code === GREATER) return i;
    if (code === QUOTE || code === APOSTROPHE) {
      i = xml.indexOf(code === QUOTE ? '"' : "'", i + 1);
      if (i < 0) break;
    }
  }
  throw malformed(xml.slice(start, start + 40));
}

const endOf = (xml: string, mark: string, start: number): number => {
  const end = xml.indexOf(mark, start);
  if (end < 0) throw malformed(xml.slice(start, start + 40));
  return end;
};

const local = (name: string): string => {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
};

/** Parses the tag at `<` and returns its end. */
function readTag(xml: string, start: number, events: XmlEvents): number {
  const end = endOfTag(xml, start);
  const isEmpty = xml.charCodeAt(end - 1) === SLASH;
  let nameEnd = start + 1;
  for (; nameEnd < end; nameEnd++) {
    const code = xml.charCodeAt(nameEnd);
    if (code === SPACE || code === NEWLINE || code === TAB || code === SLASH) break;
  }
  const name = local(xml.slice(start + 1, nameEnd));
  events.open(name, () => attributesIn(xml.slice(nameEnd, end)));
  if (isEmpty) events.close(name);
  return end + 1;
}

/**
 * Reports the elements and texts of a piece of XML, in order; the piece must end between two of them.
 * @throws Refusal for XML that no spreadsheet program writes
 */
export function readXml(given: string, events: XmlEvents): void {
  const xml = normalBreaks(given);
  let at = 0;
  for (;;) {
    const start = xml.indexOf('<', at);
    const end = start < 0 ? xml.length : start;
    if (end > at) events.text(decoded(xml.slice(at, end)));
    if (start < 0) return;
    if (xml.startsWith('</', start)) {
      at = endOf(xml, '>', start) + 1;
      events.close(local(xml.slice(start + 2, at - 1).trimEnd()));
    } else if (xml.startsWith('<!--', start)) at = endOf(xml, '-->', start) + 3;
    else if (xml.startsWith('<?', start)) at = endOf(xml, '?>', start) + 2;
    else if (xml.startsWith('<![CDATA[', start)) {
      at = endOf(xml, ']]>', start) + 3;
      events.text(xml.slice(start + 9, at - 3));
    } else if (xml.startsWith('<!', start)) throw malformed('DOCTYPE');
    else at = readTag(xml, start, events);
  }
}

/** Longer than the declarations and comments before the first element. */
const PROLOG = 64 * 1024;

/** The namespace prefix of a part, taken from its root element. */
function prefixIn(prolog: string, root: string): string {
  // A DOCTYPE could declare entities; workbooks have none.
  if (/<!DOCTYPE/i.test(prolog)) throw malformed('DOCTYPE');
  const prefix = new RegExp(`<((?:[\\w.-]+:)?)${root}[\\s/>]`).exec(prolog)?.[1];
  if (prefix === undefined) throw malformed(`<${root}>`);
  return prefix;
}

interface Elements {
  /** The root element. */
  root: string;
  /** The parent of the repeated elements; everything after it is ignored. */
  list: string;
  /** The repeated element, such as `row`; with a prefix if it has another namespace than the root. */
  element: string;
  /** Maximum length of one element in characters; up to twice as many may be buffered. */
  most: number;
  tooLong(): Refusal;
}

/** Characters scanned at a time. */
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
 * Splits the XML before the last start of a repeated element.
 * @throws Refusal if it is not such a part, and `tooLong()`
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
    // Read to the end nevertheless, so that the checksum covers everything.
    if (isOver) continue;
    arrived += more;
    // Appending copies the buffer, so pieces are accumulated until the copying is negligible.
    if (arrived.length < Math.max(PIECE, text.length)) continue;
    const seen = Math.max(0, text.length - PIECE);
    text += arrived;
    arrived = '';
    prefix ??= prefixIn(text.slice(0, PROLOG), root);
    const closing = `</${prefix}${list}>`;
    const last = text.indexOf(closing, seen);
    isOver = last >= 0;
    const start = element.includes(':') ? `<${element}` : `<${prefix}${element}`;
    const end = isOver ? last + closing.length : seen + text.slice(seen).lastIndexOf(start);
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

/**
 * Decodes escapes like `_x000D_`, which Excel uses for characters that XML cannot represent (ECMA-376,
 * ST_Xstring).
 */
export const unescaped = (text: string): string =>
  text.includes('_x')
    ? text.replaceAll(/_x([\dA-Fa-f]{4})_/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
    : text;
