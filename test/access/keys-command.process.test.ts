/** `luodi keys` as a process. */
import { describe, expect, it } from 'vitest';
import { isKey } from '../../src/access/key-format.ts';
import { emptyDatabase, freshDatabase } from '../support/engines.ts';
import { endAll, luodi, served, until } from '../support/process.ts';

describe('luodi keys', () => {
  it('creates, lists and revokes keys', async () => {
    const place = await freshDatabase();
    const env = { DATABASE_URL: place.url };
    const run = (...args: string[]) => luodi(['keys', ...args], { env }).ended;
    const made = await run(
      'create',
      '--name',
      '长沙',
      '--role',
      'editor',
      '--region',
      '430100',
      '430200',
      '--expires',
      '2099-01-01',
    );
    expect(made.code).toBe(0);
    const key = made.stdout.trim();
    expect(isKey(key)).toBe(true);
    const listed = (await run('list')).stdout.split('\n').find((line) => line.includes('长沙')) ?? '';
    const [id, prefix, role, regions, state] = listed.split('\t') as [string, string, string, string, string];
    expect([prefix, role, regions]).toEqual([key.slice(0, 12), 'editor', '430100,430200']);
    // Midnight in Shanghai.
    expect(state).toBe('expires 2098-12-31T16:00:00.000Z');
    expect(await run('revoke', id)).toMatchObject({ code: 0, stdout: expect.stringContaining('is revoked') });
    expect((await run('list')).stdout).toMatch(/\trevoked 20/);
    const wrong = await run('create', '--name', 'a', '--role', 'owner', '--region', '1');
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toContain('/role: must be one of viewer, editor, admin');
    expect(wrong.stderr).toContain('/regions/0: must be a six-digit code');
    const never = await run('create', '--name', 'a', '--role', 'viewer', '--expires', '2027-02-30');
    expect(never).toMatchObject({ code: 1, stdout: '' });
    expect(never.stderr).toBe('luodi: --expires must be a valid date, like 2027-01-01\n');
    expect((await run('revoke', 'nobody')).stderr).toContain('There is no key “nobody”.');
    await endAll();
    await place.remove();
  });

  it('is suggested by a service without keys', async () => {
    const place = await emptyDatabase();
    const service = await served({ DATABASE_URL: place.url });
    await until(() => service.stdout().includes('luodi keys create --name admin --role admin'));
    await endAll();
    await place.remove();
  });
});
