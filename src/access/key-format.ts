/** Format of a key: `luodi_`, 30 random base62 characters, and a checksum of 6. */
import { hash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const FORM = /^luodi_([0-9A-Za-z]{30})([0-9A-Za-z]{6})$/;

/** About 178 bits of entropy, so a fast hash is safe against guessing. */
export function newKey(): string {
  const random = Array.from({ length: 30 }, () => DIGITS[randomInt(DIGITS.length)]).join('');
  return `luodi_${random}${checksum(random)}`;
}

/** Whether the format is valid. Mistyped keys are refused without a database lookup. */
export function isKey(text: string): boolean {
  const [, random, check] = FORM.exec(text) ?? [];
  return random !== undefined && checksum(random) === check;
}

/** CRC-32 in base62. */
function checksum(random: string): string {
  let rest = crc32(random);
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
