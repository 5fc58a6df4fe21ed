import createClient from 'openapi-fetch';
import { changes, expectPresent, funds, type Outcome, project } from './flow.ts';
import type { paths } from './generated/openapi-typescript.ts';

export async function flow(baseUrl: string, key: string, code: string): Promise<Outcome> {
  const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${key}` } });

  const created = await client.POST('/v1/projects', {
    params: { header: { 'Idempotency-Key': `flow-${code}` } },
    body: project(code),
  });
  const { id } = expectPresent(created.data, 'project');
  const list = await client.GET('/v1/projects', { params: { query: { code: [code] } } });

  const path = { id };
  const etag = expectPresent(created.response.headers.get('etag'), 'ETag');
  const change = () =>
    client.PATCH('/v1/projects/{id}', { params: { path, header: { 'If-Match': etag } }, body: changes });
  const changed = await change();
  const tooLate = await change();

  await client.POST('/v1/projects/{id}/funds', {
    params: { path, header: { 'Idempotency-Key': `flow-funds-${code}` } },
    body: funds,
  });
  const query = { code: [code] };
  const { data: summary } = await client.GET('/v1/statistics/summary', { params: { query } });

  return {
    created: expectPresent(created.data, 'project').code,
    listed: expectPresent(list.data, 'list').page.total,
    changedTo: expectPresent(changed.data, 'change').startedOn,
    tooLate: expectPresent(tooLate.error, 'refusal').code,
    fundsInPlace: expectPresent(summary?.fundsInPlace?.yuan, 'funds'),
    started: summary?.startedCount,
    percent: summary?.operatingRate?.percent,
  };
}
