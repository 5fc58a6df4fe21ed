/** The unified social credit code of GB 32100-2015: 18 characters, the last of which is a check character. */

/** The 31 characters of the standard, whose values are their indexes: no I, O, S, V, Z. */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** 3ⁱ mod 31 for each of the first 17 positions. */
const WEIGHTS = Array.from({ length: 17 }, (_, i) => 3 ** i % 31);

/** Whether the text has the format of a code and a valid check character. */
export function isSocialCreditCode(text: string): boolean {
  if (!/^[1-9A-HJ-NP-RT-UW-Y][1-9A-HJ-NP-RT-UW-Y]\d{6}[0-9A-HJ-NP-RTUWXY]{10}$/.test(text)) return false;
  const sum = WEIGHTS.reduce((total, weight, i) => total + weight * ALPHABET.indexOf(text[i] as string), 0);
  return ALPHABET[(31 - (sum % 31)) % 31] === text[17];
}
