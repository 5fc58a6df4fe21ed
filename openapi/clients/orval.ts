import { changes, expectPresent, funds, type Outcome, project } from './flow.ts';
import { addFunds, changeProject, createProject, listProjects, readSummary } from './generated/orval.ts';

/** The address of the service is part of what orval generates. */
export async function flow(_: string, key: string, code: string): Promise<Outcome> {
  const options = { headers: { authorization: `Bearer ${key}` } };

  const created = await createProject(project(code), { 'Idempotency-Key': `flow-${code}` }, options);
  if (created.status !== 201) throw new Error(created.data.code);
  const { id } = created.data;
  const list = await listProjects({ code: [code] }, undefined, options);
  if (list.status !== 200) throw new Error('no list');

  const etag = expectPresent(created.headers.get('etag'), 'ETag');
  const change = () => changeProject(id, changes, { 'If-Match': etag }, options);
  const changed = await change();
  if (changed.status !== 200) throw new Error('no change');
  const tooLate = await change();
  if (tooLate.status !== 412) throw new Error('changed twice');

  await addFunds(id, funds, { 'Idempotency-Key': `flow-funds-${code}` }, options);
  const summary = await readSummary({ code: [code] }, undefined, options);
  if (summary.status !== 200) throw new Error('no summary');

  return {
    created: created.data.code,
    listed: list.data.page.total,
    changedTo: changed.data.startedOn,
    tooLate: tooLate.data.code,
    fundsInPlace: expectPresent(summary.data.fundsInPlace?.yuan, 'funds'),
    started: summary.data.startedCount,
    percent: summary.data.operatingRate?.percent,
  };
}
