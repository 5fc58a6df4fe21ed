/** No file descriptor is left: connections are refused, and the service lives on. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { adminKey, engine, freshDatabase } from '../support/engines.ts';
import { endAll, served, until } from '../support/process.ts';

afterEach(endAll);

if (engine === 'sqlite') {
  it('at the limit of file descriptors, a service sheds connections and lives on', async () => {
    const place = await freshDatabase();
    const service = await served({ DATABASE_URL: place.url, OVERLOAD_DELAY: '60000' });
    const open = () => readdirSync(`/proc/${service.pid}/fd`).length;
    const events = (code: string) =>
      fetch(`${service.address}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${adminKey()}`, 'content-type': 'application/json' },
        body: JSON.stringify({ code, name: '活动', startsOn: '2020-06-29', endsOn: '2020-06-30' }),
      });
    expect((await events('before')).status).toBe(201);
    const limit = open() + 20;
    execFileSync('prlimit', ['--pid', String(service.pid), `--nofile=${limit}:${limit}`]);

    const { hostname, port } = new URL(service.address);
    const sockets: Socket[] = [];
    let closed = 0;
    for (let i = 0; i < 100; i++) {
      const socket = connect(Number(port), hostname);
      socket.on('error', () => {});
      socket.on('close', () => closed++);
      sockets.push(socket);
    }
    await until(() => open() >= limit - 1 && closed > 50);
    // What would have ended the process runs each second.
    await new Promise((resolve) => setTimeout(resolve, 2_500));

    for (const socket of sockets) socket.destroy();
    await until(() => open() < limit - 10);
    expect((await events('after')).status).toBe(201);
    expect((await fetch(`${service.address}/readyz`)).status).toBe(200);
    service.signal('SIGTERM');
    expect((await service.ended).code).toBe(0);
    await place.remove();
  });
}
