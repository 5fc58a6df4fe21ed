/** All operations of the document, and how to call them. */
import { type Body, created, type TestApp } from '../support/app.ts';
import { type OpenApiOperation, openapi, paths } from '../support/contract.ts';

export interface Operation extends OpenApiOperation {
  method: string;
  template: string;
}

export const operations: Operation[] = Object.entries(paths).flatMap(([template, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...operation,
    method: method.toUpperCase(),
    template,
  })),
);

/** For `it.each`: the operations by method and path. */
export const named = (some: readonly Operation[] = operations) =>
  some.map((operation) => [`${operation.method} ${operation.template}`, operation] as const);

const pointerIn = (ref: string): Body =>
  ref
    .slice(2)
    .split('/')
    .reduce((node: Body, part) => node[part.replaceAll('~1', '/').replaceAll('~0', '~')], openapi);

/** Resolves a `$ref`. @throws if its target does not exist */
export function resolve(node: Body): Body {
  if (node?.$ref === undefined) return node;
  const found = pointerIn(node.$ref);
  if (found === undefined) throw new Error(`${node.$ref} refers to nothing.`);
  return resolve(found);
}

/** A value of a parameter whose example depends on when the data was recorded. */
export async function recordedNow(
  { clock, database }: Pick<TestApp, 'clock' | 'database'>,
  name: string,
): Promise<Record<string, string>> {
  if (name === 'knownAt' || name === 'fromKnownAt') return { [name]: clock.now() };
  if (name !== 'revision' && name !== 'fromRevision') return {};
  return { [name]: String((await database.revision()).seq) };
}

/** The examples of a request body; of a form, one with the example of a file. */
export function bodyExamples({ requestBody }: Operation): Body[] {
  const content = requestBody?.content ?? {};
  if (!('multipart/form-data' in content)) {
    return Object.values(content).flatMap(({ schema }) => (resolve(schema).examples as Body[]) ?? []);
  }
  const file = openapi.paths['/v1/imports']?.post?.requestBody?.content['text/csv']?.schema as Body;
  const form = new FormData();
  form.append('file', new File(file.examples, 'projects.csv', { type: 'text/csv' }));
  return [form];
}

/** An example body with the id of an existing enterprise. */
export const grounded = (body: Body, enterprise: string): Body =>
  body instanceof FormData
    ? body
    : JSON.parse(JSON.stringify(body).replaceAll('0190a1b2-0000-7000-8000-000000000001', enterprise));

/** Creates a resource of each kind. @returns the path of an operation's resource, without a query */
export async function addresses(api: TestApp): Promise<(operation: Operation) => string> {
  const days = { startsOn: '2020-06-29', endsOn: '2020-06-30' };
  for (const code of ['hyrd-2020', 'hyrd-2022', 'ciie-5']) {
    await created(api, '/v1/events', { code, name: code, ...days });
  }
  const enterprise = await created(api, '/v1/enterprises', { name: '瑶华' });
  const project = await created(api, '/v1/projects', {
    code: 'ADDRESS-1',
    name: '项目',
    level: 'provincial',
    signedOn: '2020-06-29',
    investmentYuan: 1,
    investorIds: [enterprise.id],
  });
  const key = await created(api, '/v1/keys', { name: 'addressed', role: 'viewer' });
  const mapping = await created(api, '/v1/mappings', {
    code: 'addressed',
    name: '映射',
    definition: { fields: { code: { from: 'No.' } } },
  });
  const cluster = await created(api, '/v1/clusters', { name: '集群' });
  const member = await created(api, `/v1/clusters/${cluster.id}/members`, {
    enterprise: (await created(api, '/v1/enterprises', { name: '配套' })).id,
    role: 'upstream',
    introducedOn: days.startsOn,
  });
  const met = { event: 'hyrd-2020', enterprise: enterprise.id, region: '430100' };
  const delegation = await created(api, '/v1/delegations', {
    event: met.event,
    zone: 'changsha-etdz',
    sentOn: days.startsOn,
  });
  const contact = await created(api, '/v1/contacts', {
    ...met,
    channel: 'visit',
    contactedOn: days.startsOn,
  });
  const figure = await created(api, '/v1/published-figures', {
    event: 'hyrd-2020',
    measure: 'projectCount',
    value: '1',
    unit: 'projects',
    asOf: '2020-06-29',
    source: { publisher: '商务厅', publishedOn: '2020-07-01' },
  });
  const sent = await api.post('/v1/imports', '项目编号\r\nADDRESS-1');
  const keys: Record<string, string> = {
    projects: project.id,
    'projects/by-code': project.code,
    enterprises: enterprise.id,
    events: 'hyrd-2020',
    zones: 'changsha-etdz',
    regions: '430100',
    industries: '39',
    keys: key.id,
    mappings: mapping.code,
    clusters: cluster.id,
    delegations: delegation.id,
    contacts: contact.id,
    'published-figures': figure.id,
    imports: sent.body.id,
    quality: 'no_change_reported',
  };
  const parts: Record<string, string> = { memberId: member.id };
  return ({ template }) => {
    const entity = (template.match(/^\/v1\/(projects\/by-code|[^/]+)/) ?? [])[1] ?? '';
    return template.replaceAll(/\{(\w+)\}/g, (_, name) => {
      const key = parts[name] ?? keys[entity];
      if (key === undefined) throw new Error(`Say how to address one of ${entity} by ${name}.`);
      return key;
    });
  };
}

/** The query parameters required by an operation. */
export const requiredQuery = ({ parameters = [] }: Operation): Record<string, string> =>
  Object.fromEntries(
    parameters
      .filter((parameter) => parameter.in === 'query' && (parameter as Body).required)
      .map(({ name, example }) => [name, String(example)]),
  );
