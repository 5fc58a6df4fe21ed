/** What the demo prints at start holds for the configuration that it was started with. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../support/engines.ts';
import { endAll, luodi, occupiedPort, until } from '../support/process.ts';

const settings = {
  none: { says: 'Nothing can be read without a key here', keyless: [401, 401] },
  statistics: { says: 'Only statistics need no key here', keyless: [200, 401] },
  all: { says: 'Reading needs no key here', keyless: [200, 200] },
};

describe('the demo', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(async () => {
    await endAll();
    await database?.remove();
  });

  it.each(Object.entries(settings))(
    'with ANONYMOUS_READ=%s says what needs a key, and prints requests that work',
    async (ANONYMOUS_READ, { says, keyless }) => {
      const { port, free } = await occupiedPort();
      await free();
      const env = { DATABASE_URL: database.url, PORT: String(port), ANONYMOUS_READ };
      const demo = luodi(['demo'], { env });
      await until(() => demo.stdout().includes('Server listening'));
      expect(demo.stdout()).toContain(says);

      const statuses = await Promise.all(
        ['statistics/definitions', 'projects'].map(async (path) => {
          const { status, body } = await fetch(`http://127.0.0.1:${port}/v1/${path}`);
          await body?.cancel();
          return status;
        }),
      );
      expect(statuses).toEqual(keyless);

      const requests = demo.stdout().match(/^ {2}curl .*$/gm) ?? [];
      expect(requests).toHaveLength(3);
      for (const request of requests) {
        const { stdout } = await promisify(execFile)('sh', ['-c', `${request} -sf`], { maxBuffer: 1e8 });
        expect(JSON.parse(stdout), request).toHaveProperty(request.includes('summary') ? 'asOf' : 'items');
      }
      demo.signal('SIGTERM');
      expect((await demo.ended).code).toBe(0);
    },
  );

  it('keeps its key when another is started on its port', async () => {
    const env = { DATABASE_URL: database.url, PORT: '0' };
    const demo = luodi(['demo'], { env });
    await until(() => demo.stdout().includes('Server listening'));
    const [, key = ''] = /Bearer (luodi_\w+)/.exec(demo.stdout()) ?? [];
    const [, address = ''] = /Server listening at (\S+?)"/.exec(demo.stdout()) ?? [];
    const second = luodi(['demo'], { env: { ...env, PORT: new URL(address).port } });
    expect(await second.ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/EADDRINUSE/) });
    const { status } = await fetch(`${address}/v1/keys`, { headers: { authorization: `Bearer ${key}` } });
    expect(status).toBe(200);
    demo.signal('SIGTERM');
    await demo.ended;
  });
});
