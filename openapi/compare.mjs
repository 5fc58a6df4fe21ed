/**
 * What differs between two OpenAPI documents besides texts. For work that must not change the API:
 *
 *   git show main:openapi/openapi.json > before.json && node openapi/compare.mjs before.json openapi/openapi.json
 *
 * Prints a line for each difference; ends with 1 if there is one.
 */
import { readFileSync } from 'node:fs';

const TEXTS = new Set(['description', 'summary', 'title']);
/** Below these, keys are names: a property may well be called `title`. */
const NAMES = new Set(['properties', 'examples', 'example', 'paths', 'schemas', 'responses', 'headers']);

function* differences(before, after, path = '', isNamed = false) {
  const isObject = (value) => typeof value === 'object' && value !== null;
  if (!isObject(before) || !isObject(after)) {
    if (before !== after) yield `${path}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`;
    return;
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (!isNamed && TEXTS.has(key) && typeof (before[key] ?? after[key]) === 'string') continue;
    yield* differences(before[key], after[key], `${path}/${key}`, NAMES.has(key));
  }
}

const [before, after] = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')));
if (!before || !after) throw new Error('Give two documents: before and after.');
const found = [...differences(before, after)];
for (const line of found) process.stdout.write(`${line.slice(0, 300)}\n`);
process.exitCode = found.length > 0 ? 1 : 0;
