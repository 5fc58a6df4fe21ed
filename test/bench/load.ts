/** Child process: puts a server under load for a while and says how it did. */
import autocannon from 'autocannon';
import { cpuSeconds } from './machine.ts';

export interface Request {
  method?: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  /** JSON; `{n}` in it becomes a number that no other request has. */
  body?: string;
}

export interface Job {
  url: string;
  /** Shared out among the connections, or all to each where there are few. */
  requests: Request[];
  connections: number;
  seconds: number;
  /** Load before the measurement, seconds. */
  warmUp: number;
  /** The status of every answer. */
  expect: number;
  serverPid: number;
}

export interface Figures {
  perSecond: number;
  /** Requests for each second of processor time that the server used. */
  perCpuSecond: number;
  /** Share of its core that each side used. */
  serverCpu: number;
  clientCpu: number;
}

let made = 0;

async function fire(
  { url, requests, connections, expect }: Job,
  seconds: number,
): Promise<autocannon.Result> {
  let connection = 0;
  const result = await autocannon({
    url,
    connections,
    duration: seconds,
    setupClient: (client) => client.setRequests(shareOf(requests, connection++, connections)),
  });
  const counts = Object.entries(result.statusCodeStats as Record<string, { count: number }>);
  const wrong = counts.filter(([status]) => Number(status) !== expect);
  if (wrong.length > 0 || result.errors > 0 || counts.length === 0) {
    throw new Error(`${url}: expected ${expect}, got ${JSON.stringify(counts)} and ${result.errors} errors`);
  }
  return result;
}

/** No two connections begin at the same place, so that they do not ask the same at the same moment. */
function shareOf(
  requests: readonly Request[],
  connection: number,
  connections: number,
): autocannon.Request[] {
  const share = Math.ceil(requests.length / connections);
  const mine =
    requests.length > 1_000
      ? requests.slice(connection * share, (connection + 1) * share)
      : requests.map((_, i) => requests[(i + connection * share) % requests.length] as Request);
  return mine.map(({ body, ...request }) =>
    body === undefined
      ? request
      : { ...request, setupRequest: (asked) => ({ ...asked, body: body.replaceAll('{n}', numbered()) }) },
  );
}

const numbered = (): string => `${process.pid}-${++made}`;

process.once('message', async (job: Job) => {
  if (job.warmUp > 0) await fire(job, job.warmUp);
  const before = { at: performance.now(), own: process.cpuUsage(), server: cpuSeconds(job.serverPid) };
  const result = await fire(job, job.seconds);
  const own = process.cpuUsage(before.own);
  const server = cpuSeconds(job.serverPid) - before.server;
  const elapsed = (performance.now() - before.at) / 1_000;
  const figures: Figures = {
    perSecond: result.requests.total / elapsed,
    perCpuSecond: result.requests.total / server,
    serverCpu: server / elapsed,
    clientCpu: (own.user + own.system) / 1_000_000 / elapsed,
  };
  process.send?.(figures);
});
