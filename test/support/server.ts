/** The service on a port of its own, for what only a real connection shows. */
import { connect } from 'node:net';
import supertest, { type Test } from 'supertest';
import { type Answer, type TestApp, testApp } from './app.ts';
import { checkAgainstContract, isJson } from './contract.ts';
import { adminKey } from './engines.ts';

export interface TestServer extends TestApp {
  url: string;
  /** With the key of an administrator. */
  agent: ReturnType<typeof supertest.agent>;
  /** Sends text as it is, and gives back all that came until the connection ended. */
  raw(text: string): Promise<string>;
}

export async function testServer(options?: Parameters<typeof testApp>[0]): Promise<TestServer> {
  const api = await testApp(options);
  const address = await api.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = new URL(address);
  const agent = supertest.agent(address).set('authorization', `Bearer ${adminKey()}`);
  return { ...api, url: address, agent, raw: (text) => exchange(Number(port), text) };
}

/** The answer of a supertest request, checked against the contract like every other. */
export async function answerOf(test: Test): Promise<Answer> {
  const response = await test;
  const type = String(response.headers['content-type'] ?? '');
  const body = isJson(type) && response.text ? JSON.parse(response.text) : undefined;
  const applied = response.headers['preference-applied'];
  checkAgainstContract(test.method, new URL(test.url).pathname, response.status, type, body, applied);
  const { status, headers, text } = response;
  return {
    status,
    headers,
    body,
    text: text ?? '',
    bytes: Buffer.from(text ?? ''),
    etag: String(headers.etag ?? ''),
  };
}

const GIVE_UP_MS = 60_000;

function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    let received = '';
    socket.setEncoding('utf8');
    socket.setTimeout(GIVE_UP_MS, () => socket.destroy(new Error(`No end after: ${received}`)));
    socket.on('data', (part) => {
      received += part;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}
