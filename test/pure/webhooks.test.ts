/** Where messages of webhooks go, how they are sent, and when again. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { type AddressInfo, BlockList } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { loggedEntities } from '../../src/contributions.ts';
import {
  addressesOf,
  addressFault,
  PrivateAddressError,
  UnknownHostError,
} from '../../src/features/webhooks/addresses.ts';
import { isOver, pauseAfter } from '../../src/features/webhooks/backoff.ts';
import { loggedNames } from '../../src/features/webhooks/schema.ts';
import { type Sender, senderTo } from '../../src/features/webhooks/sending.ts';
import { answering, type Receiver, receiver } from '../support/receiver.ts';

const leadingTo =
  (...addresses: string[]) =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

describe('an address', () => {
  /** What IANA's registries set aside. */
  const RANGES = `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
    192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15
    198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4`
    .trim()
    .split(/\s+/)
    .map((range) => range.split('/') as [string, string]);
  const aside = new BlockList();
  for (const [net, bits] of RANGES) aside.addSubnet(net, Number(bits));

  const numberOf = (address: string) => address.split('.').reduce((sum, part) => 256 * sum + Number(part), 0);
  const addressOf = (number: number) => [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
  const edges = RANGES.flatMap(([net, bits]) => {
    const first = numberOf(net);
    const last = first + 2 ** (32 - Number(bits)) - 1;
    return [first - 1, first, last, last + 1];
  }).filter((number) => number >= 0 && number < 2 ** 32);

  const isRefused = (address: string): Promise<boolean> =>
    addressesOf(false, leadingTo(address))
      .resolve('example.org')
      .then(
        () => false,
        (error) => error instanceof PrivateAddressError,
      );

  it('is refused exactly if it is set aside, also in the forms of IPv6', async () => {
    const any = fc.oneof(fc.constantFrom(...edges), fc.nat({ max: 2 ** 32 - 1 })).map(addressOf);
    await fc.assert(
      fc.asyncProperty(any, async (address) => {
        const expected = aside.check(address);
        expect(await isRefused(address)).toBe(expected);
        expect(await isRefused(`::ffff:${address}`)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    '::',
    '::1',
    'fe80::1',
    'fc00::1',
    'fdff::1',
    'ff02::1',
    '64:ff9b::808:808',
    '2002:a00:1::',
    '2001:db8::1',
  ])('%s is refused', async (address) => expect(await isRefused(address)).toBe(true));

  it.each(['2606:4700:4700::1111', '2a00:1450:4001:80b::200e', '8.8.8.8'])('%s is not', async (address) =>
    expect(await isRefused(address)).toBe(false),
  );

  it('is refused if a name leads to a public and to another one, or to this machine', async () => {
    for (const other of ['10.0.0.1', '127.0.0.1', '::1']) {
      const { resolve } = addressesOf(false, leadingTo('8.8.8.8', other));
      await expect(resolve('example.org')).rejects.toThrow(other);
    }
    await expect(addressesOf(false, leadingTo('10.0.0.1')).resolve('localhost')).rejects.toThrow('10.0.0.1');
    expect(await addressesOf(false, leadingTo('::1', '127.0.0.1')).resolve('localhost')).toMatchObject({
      address: '::1',
    });
  });

  it('that a name does not lead to is told as such', async () => {
    const failing = async () => {
      throw new Error('ENOTFOUND');
    };
    await expect(addressesOf(false, failing).resolve('example.org')).rejects.toThrow(UnknownHostError);
    await expect(addressesOf(false, leadingTo()).resolve('example.org')).rejects.toThrow(UnknownHostError);
  });

  it('may be private if the service is set up for that', async () => {
    const { resolve } = addressesOf(true, leadingTo('10.0.0.1'));
    expect(await resolve('example.org')).toEqual({ address: '10.0.0.1', family: 4 });
    expect(await resolve('[fd00::1]')).toEqual({ address: 'fd00::1', family: 6 });
  });

  it.each([
    ['http://localhost:8080/a', undefined],
    ['http://127.0.0.2/', undefined],
    ['http://[::1]/', undefined],
    ['https://example.org/?a=b', undefined],
    ['http://localhost.example.org/', 'not_https'],
    ['https://example.org/#', 'not_an_address'],
    ['https://user@example.org/', 'not_an_address'],
    ['file:///etc/passwd', 'not_an_address'],
    ['https://', 'not_an_address'],
  ])('in the form %s: %s', (url, fault) => expect(addressFault(url)).toBe(fault));
});

describe('a message', () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });
  const open = async (): Promise<Receiver> => {
    const to = await receiver();
    closing.push(() => to.close());
    return to;
  };
  const sending = (timeoutMs?: number, lookup = leadingTo('127.0.0.1')): Sender => {
    const sender = senderTo(addressesOf(true, lookup), timeoutMs);
    closing.push(() => sender.close());
    return sender;
  };
  const BODY = '{"data":{}}';

  it('follows no redirect', async () => {
    const [from, to] = [await open(), await open()];
    from.answers(answering(307, { location: to.url }));
    expect(await sending().send(from.url, {}, BODY)).toMatchObject({ status: 307, error: 'redirect' });
    expect(to.received).toHaveLength(0);
  });

  it('goes to the address that was checked, which is looked up once', async () => {
    const to = await open();
    let lookups = 0;
    const rebinding = async () => leadingTo(lookups++ === 0 ? '127.0.0.1' : '10.0.0.1')();
    const url = to.url.replace('127.0.0.1', 'rebinding.test');
    expect(await sending(undefined, rebinding).send(url, {}, BODY)).toMatchObject({
      status: 204,
      error: null,
    });
    expect(to.received[0]?.headers.host).toMatch(/^rebinding\.test:/);
    expect(lookups).toBe(1);
  });

  it('is not sent to an address that has become private since', async () => {
    const to = await open();
    const sender = senderTo(addressesOf(false, leadingTo('10.0.0.1')));
    closing.push(() => sender.close());
    const outcome = await sender.send(to.url.replace('127.0.0.1', 'example.org'), {}, BODY);
    expect(outcome).toMatchObject({ status: null, error: 'private_address' });
  });

  it('is given up when nothing answers', async () => {
    const to = await open();
    to.answers(() => {});
    expect(await sending(100).send(to.url, {}, BODY)).toMatchObject({ status: null, error: 'timeout' });
  });

  it('has arrived when the status says so, however long the answer is', async () => {
    const to = await open();
    to.answers((response) => {
      response.writeHead(200);
      // It never ends.
      const more = () => response.destroyed || response.write('x'.repeat(1_000), () => setImmediate(more));
      more();
    });
    expect(await sending().send(to.url, {}, BODY)).toMatchObject({
      status: 200,
      error: null,
      answer: 'x'.repeat(1_000),
    });
  });

  it('keeps of an answer only what can be stored', async () => {
    const to = await open();
    to.answers(answering(200, {}, 'a\0b\ud800'));
    expect((await sending().send(to.url, {}, BODY)).answer).toBe('a\uFFFDb\uFFFD');
  });

  it('that nobody takes is told as such', async () => {
    const to = await open();
    await to.close();
    expect(await sending().send(to.url, {}, BODY)).toMatchObject({ status: null, error: 'no_connection' });
    const nowhere = await sending(undefined, leadingTo()).send('https://example.org/', {}, BODY);
    expect(nowhere).toMatchObject({ status: null, error: 'unknown_host' });
  });

  it('goes to no server with a certificate that nobody vouches for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'luodi-certificate-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const options = `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost -keyout ${key} -out ${cert}`;
    execFileSync('openssl', options.split(' '), { stdio: 'ignore' });
    let asked = 0;
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
      asked += 1;
      response.end();
    });
    rmSync(folder, { recursive: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    const outcome = await sending().send(`https://localhost:${port}/`, {}, BODY);
    expect(outcome).toMatchObject({ status: null, error: 'certificate' });
    expect(asked).toBe(0);
  });

  it('is not sent on when the service stops', async () => {
    const to = await open();
    to.answers(() => {});
    const stopping = new AbortController();
    const sent = sending().send(to.url, {}, BODY, stopping.signal);
    stopping.abort(new Error('stopped'));
    await expect(sent).rejects.toThrow('stopped');
  });
});

describe('a pause after failures', () => {
  it('doubles up to an hour, shortened by up to a half, and is at least what the receiver asks for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (failures, chance) => {
          const pause = pauseAfter(failures, chance, 0);
          const whole = Math.min(5_000 * 2 ** (failures - 1), 3_600_000);
          expect(pause).toBeLessThanOrEqual(whole);
          expect(pause).toBeGreaterThanOrEqual(whole / 2);
          expect(pauseAfter(failures, chance, 600)).toBe(Math.max(pause, 600_000));
          expect(pauseAfter(failures, chance, 999_999)).toBe(3_600_000);
        },
      ),
    );
  });

  it('is the last after 24 hours', () => {
    const day = 24 * 3_600_000;
    expect(isOver(1, day)).toBe(false);
    expect(isOver(1, day + 1)).toBe(true);
  });
});

it('a webhook can be told of everything that is logged, and of nothing else', () => {
  expect(loggedNames.toSorted()).toEqual(loggedEntities.map(({ entity }) => entity).sort());
});
