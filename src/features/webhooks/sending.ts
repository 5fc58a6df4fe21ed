/** Posts one message, in bounded time, and reads the beginning of the answer. */
import http from 'node:http';
import https from 'node:https';
import { packageVersion } from '../../core/package.ts';
import { type Addresses, PrivateAddressError, UnknownHostError } from './addresses.ts';
import type { SendError } from './schema.ts';

const TIMEOUT_MS = 10_000;
const ANSWER_CHARACTERS = 1_000;
const ANSWER_BYTES = 4 * ANSWER_CHARACTERS;

export interface Outcome {
  status: number | null;
  answer: string | null;
  error: SendError | null;
  milliseconds: number;
  /** Seconds until the receiver wants to be asked again; 0 if it said nothing. */
  retryAfter: number;
}

export interface Sender {
  /**
   * Never follows a redirect, and connects only to an address that has been checked.
   * @param signal gives up
   */
  send(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal?: AbortSignal,
  ): Promise<Outcome>;
  close(): void;
}

export function senderTo(addresses: Addresses, timeoutMs = TIMEOUT_MS): Sender {
  const agents = {
    'https:': new https.Agent({ keepAlive: true }),
    'http:': new http.Agent({ keepAlive: true }),
  };

  async function post(
    url: URL,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ): Promise<Omit<Outcome, 'milliseconds' | 'error'>> {
    const target = await addresses.resolve(url.hostname);
    signal.throwIfAborted();
    const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const { request } = url.protocol === 'https:' ? https : http;
      request(
        url,
        {
          method: 'POST',
          agent: agents[url.protocol as keyof typeof agents],
          // The name is not looked up again, so that it cannot lead elsewhere.
          lookup: (_, { all }, done) =>
            all ? done(null, [target]) : done(null, target.address, target.family),
          headers: {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
            'user-agent': `luodi/${packageVersion}`,
            ...headers,
          },
          signal,
        },
        resolve,
      )
        .on('error', reject)
        .end(body);
    });
    return {
      status: response.statusCode as number,
      answer: await beginningOf(response),
      retryAfter: secondsIn(response.headers['retry-after']),
    };
  }

  return {
    send: async (url, headers, body, stopped) => {
      const began = performance.now();
      const late = AbortSignal.timeout(timeoutMs);
      const signal = stopped ? AbortSignal.any([stopped, late]) : late;
      const answered = await post(new URL(url), headers, body, signal).catch((error: Error) => {
        stopped?.throwIfAborted();
        return {
          status: null,
          answer: null,
          retryAfter: 0,
          error: late.aborted ? 'timeout' : errorOf(error),
        } as const;
      });
      const milliseconds = Math.round(performance.now() - began);
      return { error: statusError(answered.status), ...answered, milliseconds };
    },
    close: () => {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** A longer answer is cut off, and so is one that comes too slowly: its status has told enough. */
async function beginningOf(response: http.IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const part of response) {
      parts.push(part);
      bytes += part.length;
      if (bytes >= ANSWER_BYTES) break;
    }
  } catch {
    // It broke off.
  }
  const text = new TextDecoder().decode(Buffer.concat(parts));
  // PostgreSQL stores no NUL.
  return [...text.replaceAll('\0', '\uFFFD')].slice(0, ANSWER_CHARACTERS).join('');
}

const secondsIn = (header = ''): number => (/^\d{1,6}$/.test(header) ? Number(header) : 0);

function statusError(status: number | null): SendError | null {
  if (status === null || (status >= 200 && status < 300)) return null;
  return status >= 300 && status < 400 ? 'redirect' : 'status';
}

function errorOf(error: Error & { code?: string }): SendError {
  if (error instanceof UnknownHostError) return 'unknown_host';
  if (error instanceof PrivateAddressError) return 'private_address';
  return /CERT|SSL|TLS|SIGNED|VERIFY/.test(error.code ?? '') ? 'certificate' : 'no_connection';
}
