/** Keeps API keys, tokens and secrets of webhooks out of what is written about requests. */

/** A text without the secret part of any key or token in it, wherever the text comes from. */
export const withoutSecrets = (text: string): string =>
  text
    .replace(/(luodi_(?:st_)?[0-9A-Za-z]{6})[0-9A-Za-z]{30,}/g, '$1***')
    .replace(/whsec_[0-9A-Za-z+/=]{20,}/g, 'whsec_***');

/** An address as it was sent, or decoded if a secret is hidden in it by percent signs. */
export function addressOf(url: string): string {
  const plain = url.replace(/%([0-7][0-9a-f])/gi, (_, code) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
  const shown = withoutSecrets(plain);
  return plain === shown ? url : shown;
}
