/** Keys that stand twice in a JSON object: `JSON.parse` keeps the last one, and drops what the sender meant. */

/** How often a quotation mark is followed by a colon: at least once for each key. */
function possibleKeys(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) {
    let before = at - 1;
    while (text.charCodeAt(before) <= 32) before -= 1;
    if (text.charCodeAt(before) === 34) count += 1;
  }
  return count;
}

/** Not recursive: values may be nested more deeply than calls. */
function keysOf(value: unknown): number {
  let count = 0;
  const open = [value];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one !== 'object' || one === null) continue;
    const values = Object.values(one);
    if (!Array.isArray(one)) count += values.length;
    for (const inner of values) if (typeof inner === 'object') open.push(inner);
  }
  return count;
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g;

/**
 * The JSON Pointer (RFC 6901) of the first key that its object has twice.
 * @param text valid JSON
 * @param value what it was parsed to
 */
export function duplicateKeyIn(text: string, value: unknown): string | undefined {
  // Counting is several times as fast as looking at each token, and nearly always enough.
  if (possibleKeys(text) === keysOf(value)) return undefined;
  const open: { keys: Set<string> | null; at: string | number }[] = [];
  let isKey = false;
  for (const [token] of text.matchAll(TOKEN)) {
    const top = open.at(-1);
    if (token === '{' || token === '[') {
      open.push({ keys: token === '{' ? new Set() : null, at: 0 });
      isKey = token === '{';
    } else if (token === '}' || token === ']') open.pop();
    else if (token === ':') isKey = false;
    else if (token === ',') {
      isKey = top?.keys !== null;
      if (top?.keys === null) top.at = Number(top.at) + 1;
    } else if (isKey && top?.keys) {
      const key: string = JSON.parse(token);
      top.at = key;
      if (top.keys.has(key)) {
        const parts = open.map(({ at }) => String(at).replaceAll('~', '~0').replaceAll('/', '~1'));
        return `/${parts.join('/')}`;
      }
      top.keys.add(key);
    }
  }
  return undefined;
}
