/** Child process: puts a server under load for a while and reports the results. */
import autocannon from 'autocannon';
import { cpuSeconds } from './machine.ts';

export interface Request {
  method?: 'GET' | 'POST';
  path: string;
  headers?: Record<string, string>;
  /** JSON in which `{n}` is replaced by a unique number. */
  body?: string;
}

export interface Job {
  url: string;
  /** Distributed over the connections, or all sent by each if there are few. */
  requests: Request[];
  connections: number;
  seconds: number;
  /** Seconds of load before the measurement. */
  warmUp: number;
  /** Expected status of all responses. */
  expect: number;
  serverPid: number;
}

export interface Figures {
  perSecond: number;
  /** Requests per second of the server's processor time. */
  perCpuSecond: number;
  /** Utilisation of each side's core. */
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

/** Connections start at different requests, so that they do not send the same one at the same time. */
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
