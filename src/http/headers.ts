/** The headers of requests and responses, as the document describes them. */
import type { OpenAPIV3_1 } from 'openapi-types';
import { MAX_URL } from './bounds.ts';

type Parameter = OpenAPIV3_1.ParameterObject & { name: string };

const text = (maxLength: number) => ({ type: 'string', maxLength }) as const;

export const requestHeaders = {
  ifMatch: {
    name: 'If-Match',
    in: 'header',
    required: true,
    description: 'The ETag of the version you read; 412 if it has changed since.',
    schema: text(MAX_URL),
    example: '"8Vv1qkQ5nqJkYlHq2x0cVqf0aGM"',
  },
  ifMatchToReplace: {
    name: 'If-Match',
    in: 'header',
    required: false,
    description:
      'The ETag of the version you read, to replace it; `*` replaces any version. 412 if it has changed since or does not exist. Send either this or `If-None-Match`.',
    schema: text(MAX_URL),
    example: '"8Vv1qkQ5nqJkYlHq2x0cVqf0aGM"',
  },
  ifNoneMatchToCreate: {
    name: 'If-None-Match',
    in: 'header',
    required: false,
    description: '`*`, to create it; 412 if it exists already.',
    schema: { type: 'string', enum: ['*'] },
    example: '*',
  },
  idempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description:
      'A new value for each operation, such as a UUID. Repeating the request within 24 hours returns the first response, with `Idempotency-Replayed: true`, and has no second effect. Refused with a different request (422), while the first is in progress (409), and if too many responses are stored for the API key (429).',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
    example: '5b0c1f5d-0f6f-4c35-91d8-a3c7b8b6a4c1',
  },
  lastEventId: {
    name: 'Last-Event-ID',
    in: 'header',
    required: false,
    description:
      'Id of the last event you have; takes precedence over `after`. Browsers send it automatically.',
    schema: { type: 'string', pattern: '^\\d{1,15}$', maxLength: 15 },
    example: '12',
  },
  ifNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    required: false,
    description: 'The ETag of an earlier response; 304 without a body if it is still current.',
    schema: text(MAX_URL),
    example: '"1207-x1pAq8bXQmBqQ0m9v7dYwA"',
  },
  revision: {
    name: 'X-Luodi-Revision',
    in: 'header',
    required: false,
    description:
      'The last revision you have seen, which the header of that name of an earlier response has. What is read is at least as new. Only with it, or with an `If-None-Match` that names a revision, may a replica answer.',
    schema: { type: 'string', pattern: '^\\d{1,15}$', maxLength: 15 },
    example: '1207',
  },
  preferAsync: {
    name: 'Prefer',
    in: 'header',
    required: false,
    description:
      'With `respond-async` the response is an immediate 202 with the `Location` of the import (RFC 7240).',
    schema: text(MAX_URL),
    example: 'respond-async',
  },
  preferMinimal: {
    name: 'Prefer',
    in: 'header',
    required: false,
    description:
      'With `return=minimal` a success has no body: 204 instead of 200, 201 as it is, with the same `ETag` and `Location`, and `Preference-Applied: return=minimal` (RFC 7240). Other preferences are ignored.',
    schema: text(MAX_URL),
    example: 'return=minimal',
  },
} as const satisfies Record<string, Parameter>;

/** By name; shared by all responses that have them. */
export const responseHeaders = {
  ETag: { description: 'Identifies this version of the response.', schema: text(100) },
  Link: {
    description:
      'The next page, `rel="next"`, and what to use instead of a deprecated operation, `rel="deprecation"` (RFC 8288).',
    schema: text(2 * MAX_URL),
  },
  'Preference-Applied': {
    description: '`return=minimal`, if the body was left out because `Prefer` asked for it.',
    schema: text(100),
  },
  'X-Luodi-Revision': {
    description: 'The revision of the data; only if the service has a replica (`DATABASE_READ_URL`).',
    schema: text(15),
  },
  Deprecation: { description: 'Since when it is deprecated, `@1767225600` (RFC 9745).', schema: text(20) },
  Sunset: { description: 'When it may be removed (RFC 8594).', schema: text(30) },
  'Retry-After': {
    description: 'Seconds to wait.',
    schema: { type: 'integer', format: 'int32', minimum: 0, maximum: 86_400 },
  },
  RateLimit: {
    description:
      'Requests left for the key, and the seconds until the limit is reset (draft-ietf-httpapi-ratelimit-headers-10). Only if a key was sent.',
    schema: text(100),
  },
  'RateLimit-Policy': {
    description: 'Requests that the key may make, `q`, in how many seconds, `w` (the same draft).',
    schema: text(100),
  },
  'Access-Control-Allow-Origin': {
    description: 'The origin of the page that asked, if the operator allows it (`CORS_ORIGINS`).',
    schema: text(2_000),
  },
} as const satisfies Record<string, OpenAPIV3_1.HeaderObject>;

export const headerRefs = (...names: (keyof typeof responseHeaders)[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
