/** What hey-api does besides the flow: it follows changes, and has files. */
import { changes, expectPresent, project } from './flow.ts';
import {
  type Change,
  changeProject,
  createProject,
  exportProjectsCsv,
  exportSummaryXlsx,
  readChangesHead,
  streamChanges,
} from './generated/hey-api';
import { client } from './generated/hey-api/client.gen';

/** Follows the log until a project has been created and changed. */
export async function follow(baseUrl: string, key: string, code: string): Promise<string[]> {
  client.setConfig({ baseUrl, auth: key });
  const { seq: after } = expectPresent((await readChangesHead()).data, 'head');
  const created = await createProject({ body: project(code) });
  const { id } = expectPresent(created.data, 'project');
  const etag = expectPresent(created.response?.headers.get('etag'), 'ETag');
  await changeProject({ path: { id }, headers: { 'If-Match': etag }, body: changes });

  const seen: string[] = [];
  const keep = ({ entityId, action }: Change) => seen.push(`${entityId === id ? code : entityId} ${action}`);
  const leaving = new AbortController();
  const { stream } = await streamChanges({ query: { after }, signal: leaving.signal });
  for await (const change of stream) {
    keep(change);
    if (seen.length === 2) break;
  }
  leaving.abort();
  return seen;
}

/** A list and a figure as files: the lines of one, the first bytes of the other. */
export async function download(baseUrl: string, key: string, code: string): Promise<[number, string]> {
  client.setConfig({ baseUrl, auth: key });
  const { data: csv } = await exportProjectsCsv({ query: { code: [code], lang: 'zh', unit: 'yi' } });
  const { data: xlsx } = await exportSummaryXlsx({ query: { code: [code], lang: 'zh' } });
  const lines = expectPresent(csv, 'csv').trim().split('\r\n').length;
  return [lines, (await expectPresent(xlsx, 'xlsx').text()).slice(0, 2)];
}
