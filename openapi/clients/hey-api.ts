import { changes, expectPresent, funds, type Outcome, project } from './flow.ts';
import { addFunds, changeProject, createProject, listProjects, readSummary } from './generated/hey-api';
import { client } from './generated/hey-api/client.gen';

export async function flow(baseUrl: string, key: string, code: string): Promise<Outcome> {
  client.setConfig({ baseUrl, auth: key });

  const created = await createProject({
    headers: { 'Idempotency-Key': `flow-${code}` },
    body: project(code),
  });
  const { id } = expectPresent(created.data, 'project');
  const list = await listProjects({ query: { code: [code] } });

  const path = { id };
  const etag = expectPresent(created.response?.headers.get('etag'), 'ETag');
  const change = () => changeProject({ path, headers: { 'If-Match': etag }, body: changes });
  const changed = await change();
  const tooLate = await change();

  await addFunds({ path, headers: { 'Idempotency-Key': `flow-funds-${code}` }, body: funds });
  const { data: summary } = await readSummary({ query: { code: [code] } });

  return {
    created: expectPresent(created.data, 'project').code,
    listed: expectPresent(list.data, 'list').page.total,
    // There is no body only where `Prefer` asks for none.
    changedTo: expectPresent(changed.data || null, 'change').startedOn,
    tooLate: expectPresent(tooLate.error, 'refusal').code,
    fundsInPlace: expectPresent(summary?.fundsInPlace?.yuan, 'funds'),
    started: summary?.startedCount,
    percent: summary?.operatingRate?.percent,
  };
}
