/** The service on its own port, for tests that need real connections. */
import { connect } from 'node:net';
import supertest, { type Test } from 'supertest';
import { type Answer, type TestApp, testApp } from './app.ts';
import { checkAgainstContract, isJson } from './contract.ts';
import { adminKey } from './engines.ts';

export interface TestServer extends TestApp {
  address: string;
  /** With the key of an administrator. */
  agent: ReturnType<typeof supertest.agent>;
  /** Sends raw text, and returns everything received until the connection ends. */
  raw(text: string): Promise<string>;
}

export async function testServer(options?: Parameters<typeof testApp>[0]): Promise<TestServer> {
  const api = await testApp(options);
  const address = await api.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = new URL(address);
  const agent = supertest.agent(address).set('authorization', `Bearer ${adminKey()}`);
  return { ...api, address, agent, raw: (text) => exchange(Number(port), text) };
}

/** The response to a supertest request, checked against the contract. */
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
