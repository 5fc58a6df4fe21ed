/**
 * Formats of secrets. A key: `luodi_`, 30 random base62 characters, and a checksum of 6. A stream token: `luodi_st_`,
 * the second in which it expires as 6 characters, 30 random ones, and a checksum of 6 over both.
 */
import { hash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const KEY = /^luodi_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/;
const STREAM_TOKEN = /^luodi_st_([0-9A-Za-z]{36})([0-9A-Za-z]{6})$/;

/** About 178 bits of entropy, so a fast hash is safe against guessing. */
const random = (): string => Array.from({ length: 30 }, () => DIGITS[randomInt(DIGITS.length)]).join('');

export function newKey(): string {
  const secret = random();
  return `luodi_${secret}${checksum(secret)}`;
}

/** @param expiresAt in milliseconds since 1970; rounded down to a second */
export function newStreamToken(expiresAt: number): string {
  const secret = `${inBase62(Math.floor(expiresAt / 1_000))}${random()}`;
  return `luodi_st_${secret}${checksum(secret)}`;
}

/** All before the checksum, if the checksum is right: what is mistyped needs no database lookup. */
function secretIn(form: RegExp, text: string): string | undefined {
  const [, secret, check] = form.exec(text) ?? [];
  return secret !== undefined && checksum(secret) === check ? secret : undefined;
}

/** Whether the format is valid. */
export const isKey = (text: string): boolean => secretIn(KEY, text) !== undefined;

/** When a stream token expires, in milliseconds since 1970; undefined if the format is invalid. */
export function expiryOf(token: string): number | undefined {
  const digits = secretIn(STREAM_TOKEN, token)?.slice(0, 6);
  return digits === undefined
    ? undefined
    : 1_000 * [...digits].reduce((seconds, digit) => 62 * seconds + DIGITS.indexOf(digit), 0);
}

const checksum = (secret: string): string => inBase62(crc32(secret));

/** In 6 characters. */
function inBase62(number: number): string {
  let rest = number;
  let digits = '';
  for (let i = 0; i < 6; i++) {
    digits = DIGITS[rest % DIGITS.length] + digits;
    rest = Math.floor(rest / DIGITS.length);
  }
  return digits;
}

export const hashOfKey = (key: string): string => hash('sha256', key, 'hex');

/** The visible part of an existing key. */
export const prefixOf = (key: string): string => key.slice(0, 'luodi_'.length + 6);

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

/** Whether a name contains something that looks like a key, in any width and case. */
export function readsAsKey(name: string): boolean {
  const plain = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\p{Pd}/gu, '-');
  return plain.includes('luodi_') || UUID.test(plain);
}

/** The name of a key in the change log; with its id, because names of keys are not unique. */
export const actorOf = ({ id, name }: { id: string; name: string }): string => `${name} (${id})`;
