/** Where messages may be sent: to public addresses, and to this machine if it is named as such. */
import { type LookupAddress, promises } from 'node:dns';
import { setTimeout as sleep } from 'node:timers/promises';
import ipaddr from 'ipaddr.js';
import type { FaultCode } from '../../http/messages.ts';

/** The names by which only this machine is meant. A public name that leads here is refused. */
const isThisMachine = (hostname: string): boolean =>
  hostname === 'localhost' || rangeOf(hostname) === 'loopback';

/** The address of a host that is named by it. */
const literalIn = (hostname: string): string | null => {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return ipaddr.isValid(bare) ? bare : null;
};

/** The kind of an address (IANA's registries); IPv4 addresses in IPv6 count as what they are. */
function rangeOf(hostname: string): string | null {
  const literal = literalIn(hostname);
  return literal === null ? null : ipaddr.process(literal).range();
}

/** What is wrong with the form of an address. */
export function addressFault(text: string): FaultCode | undefined {
  const url = URL.parse(text);
  if (!url || !['https:', 'http:'].includes(url.protocol)) return 'not_an_address';
  if (url.username !== '' || url.password !== '' || url.href.includes('#')) return 'not_an_address';
  return url.protocol === 'http:' && !isThisMachine(url.hostname) ? 'not_https' : undefined;
}

export class UnknownHostError extends Error {}

export class PrivateAddressError extends Error {
  readonly address: string;

  constructor(address: string) {
    super(`${address} is not a public address.`);
    this.address = address;
  }
}

export interface Addresses {
  /**
   * The address of a host to connect to. To be asked for each connection: what a name leads to may change.
   * @throws UnknownHostError, PrivateAddressError
   */
  resolve(hostname: string): Promise<LookupAddress>;
}

type Lookup = (hostname: string) => Promise<LookupAddress[]>;

/** The system's resolver has no time limit of its own. */
const LOOKUP_MS = 5_000;

const lookUp: Lookup = (hostname) => promises.lookup(hostname, { all: true });

/** @param allowsPrivate whether messages may be sent to any address */
export const addressesOf = (allowsPrivate: boolean, lookup: Lookup = lookUp): Addresses => ({
  resolve: async (hostname) => {
    const literal = literalIn(hostname);
    const found =
      literal === null
        ? await Promise.race([lookup(hostname), sleep(LOOKUP_MS, [], { ref: false })]).catch(() => [])
        : [{ address: literal, family: ipaddr.parse(literal).kind() === 'ipv6' ? 6 : 4 }];
    const [first] = found;
    if (!first) throw new UnknownHostError(hostname);
    const expected = isThisMachine(hostname) ? 'loopback' : 'unicast';
    const other = found.find(({ address }) => rangeOf(address) !== expected);
    if (other && !allowsPrivate) throw new PrivateAddressError(other.address);
    return first;
  },
});
