/** Encodes many texts as UTF-8. */
import { transcode } from 'node:buffer';

/**
 * Encodes consecutive texts. They are first combined as UTF-16, because Node transcodes a buffer several
 * times faster than it encodes strings.
 */
export function utf8Encoder(): (texts: readonly string[]) => Uint8Array {
  let space = Buffer.alloc(0);
  return (texts) => {
    const needed = 2 * texts.reduce((sum, { length }) => sum + length, 0);
    if (space.length < needed) space = Buffer.allocUnsafeSlow(needed);
    let end = 0;
    for (const text of texts) end += space.write(text, end, 'utf16le');
    return transcode(space.subarray(0, end), 'utf16le', 'utf8');
  };
}
