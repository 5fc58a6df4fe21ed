/** Finds the merged cells of a worksheet. */
import { limits } from './limits.ts';
import { Refusal } from './refusal.ts';
import type { Merge } from './rows.ts';
import { columnOf } from './sheet-rows.ts';

/** Characters kept of a chunk, in case that a tag continues in the next one. */
const OVERLAP = 1_024;

const END_OF_ROWS = /<\/(?:[\w.-]+:)?sheetData\s*>/;
const MERGE = /<(?:[\w.-]+:)?mergeCell\s[^<>]*?ref\s*=\s*["']([A-Z]+(\d+)):([A-Z]+(\d+))["']/g;

/**
 * The merged cells of a worksheet, which its XML lists after the rows: they have to be found before the rows
 * are read.
 * @throws Refusal if there are too many
 */
export async function mergesIn(bytes: AsyncIterable<Buffer>): Promise<Merge[]> {
  const merges: Merge[] = [];
  let rest = '';
  let isAfterRows = false;
  for await (const chunk of bytes) {
    let text = rest + chunk.toString('latin1');
    if (!isAfterRows) {
      const end = END_OF_ROWS.exec(text);
      isAfterRows = end !== null;
      text = end ? text.slice(end.index) : text;
    }
    let read = 0;
    if (isAfterRows) {
      for (const { 0: tag, index, 1: first = '', 2: top, 3: last = '', 4: bottom } of text.matchAll(MERGE)) {
        merges.push({
          top: Number(top),
          bottom: Number(bottom),
          left: columnOf(first),
          right: columnOf(last),
        });
        read = index + tag.length;
      }
      if (merges.length > limits.merges) throw new Refusal('imports.too_many_merges', { max: limits.merges });
    }
    rest = text.slice(Math.max(read, text.length - OVERLAP));
  }
  return merges;
}
