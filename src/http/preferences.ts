/** `Prefer`: how a client would like a request to be answered (RFC 7240). */
import type { FastifyRequest } from 'fastify';

/** The parts between commas, except for commas in quotes; a quote that nothing closes goes to the end. */
const PARTS = /(?:"(?:[^"\\]|\\.?)*(?:"|$)|[^,"])+/g;

/** The values of the preferences, by name, in lower case. Of several with one name the first counts. */
function preferencesOf({ headers: { prefer = [] } }: FastifyRequest): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const part of [prefer].flat().join(',').toLowerCase().match(PARTS) ?? []) {
    // After a semicolon come parameters, of which no preference here has any.
    const [preference = ''] = part.split(';', 1);
    const [name = '', value = ''] = preference.split('=').map((text) => text.trim());
    if (!found.has(name)) found.set(name, value.replace(/^"(.*)"$/, '$1'));
  }
  return found;
}

/** Whether the client wants no body of what its change made. */
export const prefersMinimal = (request: FastifyRequest): boolean =>
  request.headers.prefer !== undefined && preferencesOf(request).get('return') === 'minimal';

/** Whether the client wants to be answered before the work is done. */
export const prefersAsync = (request: FastifyRequest): boolean => preferencesOf(request).has('respond-async');
