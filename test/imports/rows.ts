/** Builds files from records, and reads the results of their import. */
import { isSocialCreditCode } from '../../src/features/enterprises/social-credit-code.ts';
import { type Body, type Client, clientOf, created, type TestApp } from '../support/app.ts';
import { stateOf } from '../support/state.ts';

export type Row = Readonly<Record<string, string>>;

/** A CSV file with a column for each heading of the records; missing values become empty cells. */
export function sheetOf(records: readonly Row[]): string {
  const headings = [...new Set(records.flatMap(Object.keys))];
  const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
  return [headings, ...records.map((record) => headings.map((heading) => record[heading] ?? ''))]
    .map((cells) => cells.map(quoted).join(','))
    .join('\r\n');
}

/** An NDJSON file. */
export const linesOf = (objects: readonly object[]): string =>
  objects.map((object) => `${JSON.stringify(object)}\n`).join('');

/** A, B … Z, AA … */
export const letterOf = (index: number): string =>
  (index >= 26 ? letterOf(Math.floor(index / 26) - 1) : '') + String.fromCharCode(65 + (index % 26));

export const byCode = async (client: Client, code: string): Promise<Body> =>
  (await client.get(`/v1/projects?code=${code}`)).body.items[0];

/** The only enterprise with a name; undefined if there is none or several. */
export async function enterpriseCalled(client: Client, name: string): Promise<Body> {
  const found = (await client.get(`/v1/enterprises?limit=500&q=${encodeURIComponent(name)}`)).body.items;
  const called = found.filter((one: Body) => one.name === name);
  return called.length === 1 ? called[0] : undefined;
}

/** The counts of an import; those not given are 0. */
export const counts = (
  given: Partial<Record<'created' | 'changed' | 'unchanged' | 'refused' | 'conflicts', number>>,
) => {
  const all = { created: 0, changed: 0, unchanged: 0, refused: 0, conflicts: 0, ...given };
  return { ...all, rows: all.created + all.changed + all.unchanged + all.refused };
};

/** A unique social credit code for each number. */
export function socialCreditCode(number: number): string {
  const start = `91430100MA4${String(number).padStart(6, '0')}`;
  const code = [...'0123456789ABCDEFGHJKLMNPQRTUWXY'].map((last) => start + last).find(isSocialCreditCode);
  if (!code) throw new Error(`There is no code that begins with ${start}.`);
  return code;
}

let made = 0;

/** A client with an editor's key, for some regions or for all. */
export async function editorOf(api: TestApp, regions?: readonly string[]): Promise<Client> {
  const { key } = await created(api, '/v1/keys', {
    name: `editor ${++made}`,
    role: 'editor',
    ...(regions && { regions }),
  });
  return clientOf(api.app, key);
}

/** Position and code of the faults of an import. */
export const placesOf = (faults: readonly Body[]): [number, string | null, string][] =>
  faults.map(({ row, field, code }) => [row, field, code]);

/** All stored data except the imports themselves. */
export async function storedIn(api: TestApp): Promise<object> {
  const { imports: _, keptAnswers: __, ...rest } = (await stateOf(api)) as Record<string, unknown>;
  return rest;
}
