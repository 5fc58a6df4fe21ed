/** JSON read by a mapping: each path is a column, and its name the heading. */
import { type Cell, Unreadable } from './cells.ts';
import { type TextEncoding, TextFile } from './encoding.ts';
import { headingsIn } from './fields.ts';
import { JsonElements } from './json-elements.ts';
import { duplicateIn, type JsonObject, type JsonRow, linesIn, parsed, unread } from './json-lines.ts';
import { limits } from './limits.ts';
import type { Mapping } from './mapping.ts';
import { decimalOf } from './money.ts';
import { cut } from './refusal.ts';
import type { Source, SourceRow } from './rows.ts';

/** Beyond, the digits of a number in JSON are not all kept. */
const EXACT = 1e15;

function cellOf(value: unknown): Cell {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (typeof value === 'number') {
    const text = decimalOf(value);
    return Math.abs(value) < EXACT ? text : new Unreadable('inexact_number', undefined, text);
  }
  const cells = Array.isArray(value) ? value.map(cellOf) : [undefined];
  return cells.every((cell) => typeof cell === 'string') && Array.isArray(value)
    ? cells.join('\n')
    : new Unreadable('not_a_value', undefined, cut(JSON.stringify(value)));
}

/** The value at a path such as `address.region`; of an array, the values of its elements. A key may contain a dot. */
function valueAt(value: unknown, path: string): unknown {
  if (Array.isArray(value)) {
    const values = value.map((one) => valueAt(one, path)).filter((one) => one !== undefined && one !== null);
    return values.length > 0 ? values : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const object = value as JsonObject;
  if (Object.hasOwn(object, path)) return object[path];
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const key = path.slice(0, dot);
    if (Object.hasOwn(object, key)) return valueAt(object[key], path.slice(dot + 1));
  }
  return undefined;
}

/** The elements of an array in a document. */
async function* elementsIn(texts: TextFile, path: string | undefined): AsyncGenerator<JsonRow[]> {
  const elements = new JsonElements(path?.split('.') ?? []);
  let row = 0;
  for await (const piece of texts) {
    yield elements.take(piece).map((text) => {
      row += 1;
      return { row, text, object: parsed(text) };
    });
  }
  elements.end();
}

export function jsonSource(
  file: string,
  encoding: TextEncoding,
  format: 'json' | 'ndjson',
  mapping: Mapping,
): Source {
  const texts = new TextFile(file, encoding);
  const paths = [...new Set(headingsIn(mapping))];
  const found = new Set<string>();
  const ignored = new Set<string>();
  const isRead = (key: string) => paths.some((path) => path === key || path.startsWith(`${key}.`));

  function rowOf({ row, text, object }: JsonRow): SourceRow {
    const fault = object ? duplicateIn(row, text, object) : unread(row, text, 'not_json');
    if (fault || !object) return { row, cells: [], unread: fault };
    for (const key of Object.keys(object)) {
      if (!isRead(key) && ignored.size < limits.columns) ignored.add(cut(key));
    }
    const cells = paths.map((path) => {
      const value = valueAt(object, path);
      if (value !== undefined) found.add(path);
      return cellOf(value);
    });
    return { row, cells };
  }

  async function* rows(): AsyncGenerator<SourceRow[]> {
    yield [{ row: 0, cells: paths }];
    const objects = format === 'json' ? elementsIn(texts, mapping.rows) : linesIn(texts);
    for await (const batch of objects) yield batch.map(rowOf);
  }

  return {
    sheet: null,
    otherSheets: [],
    encoding: encoding.encoding,
    rows: rows(),
    bytes: () => texts.bytes,
    keys: () => ({
      ignored: [...ignored].map((heading) => ({ column: null, heading })),
      missing: paths.filter((path) => !found.has(path)),
    }),
  };
}
