/** The error format (RFC 9457). */

import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import type { Logger } from 'pino';
import * as z from 'zod';
import { type Entity, nouns } from '../core/entities.ts';
import { type Language, type MessageValue, say } from '../core/languages.ts';
import {
  GoneError,
  isDamage,
  isDiskFull,
  isForeignKeyViolation,
  isOutside,
  isReadOnly,
  isUnavailable,
  isUniqueViolation,
  lossIn,
  TooManyWaitingError,
} from '../database/errors.ts';
import { type FaultCode, faults as faultMessages, type ProblemKind, problems, titles } from './messages.ts';
import { pluralOf } from './nouns.ts';
import { Replayed, sendAnswer } from './replayed.ts';
import { addressOf } from './secrets.ts';
import { lostFiles } from './service-messages.ts';

/** A position in a file. */
export interface Cell {
  sheet: string | null;
  row: number;
  column: string | null;
  heading: string | null;
  /** The text of the cell. */
  value: string | null;
}

/** An error of one field (`pointer`, RFC 6901) or query parameter; for files, with its cell. */
export interface Fault {
  pointer?: string;
  parameter?: string;
  cell?: Cell;
  code: FaultCode;
  values?: Readonly<Record<string, MessageValue>>;
}

interface Details {
  /** The code in the response, if it differs from the kind. */
  code?: string;
  values?: Readonly<Record<string, MessageValue>>;
  faults?: readonly Fault[];
  headers?: Readonly<Record<string, string>>;
  cause?: unknown;
}

/** A refusal. Can be thrown anywhere; `problemHandler` sends it. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly code: string;
  readonly status: number;
  readonly details: Details;

  constructor(kind: ProblemKind, details: Details = {}) {
    super(say(problems[kind], 'en', details.values), { cause: details.cause });
    this.kind = kind;
    this.code = details.code ?? kind;
    this.status = problems[kind].status;
    this.details = details;
  }
}

/** 404 `<entity>.not_found`. */
export const notFound = (entity: Entity, id: string): Problem =>
  new Problem('resource.not_found', {
    code: `${entity}.not_found`,
    values: { noun: nouns[entity], id: id.slice(0, 64) },
  });

/** 409 `<entity>.<field>_taken`, pointing at the field. */
export const taken = (entity: Entity, field: string, suffix = field): Problem =>
  new Problem('resource.taken', {
    code: `${entity}.${suffix}_taken`,
    values: { noun: nouns[entity], field },
  });

/** 409 `<entity>.referenced`. */
export const referenced = (entity: Entity, id: string, count: number, by: Entity): Problem =>
  new Problem('resource.referenced', {
    code: `${entity}.referenced`,
    values: {
      noun: nouns[entity],
      id,
      count,
      by: { en: count === 1 ? nouns[by].en : pluralOf(nouns[by].en), zh: nouns[by].zh },
    },
  });

/** 503: the service is overloaded. */
export const overloaded = (): Problem =>
  new Problem('service.overloaded', { headers: { 'retry-after': '5' } });

/** A small request can have very many faults. */
const MAX_FAULTS = 1_000;

/** 422 `request.invalid` with all the faults, up to a thousand. */
export const invalid = (faults: readonly Fault[]): Problem =>
  new Problem('request.invalid', { faults: faults.slice(0, MAX_FAULTS), values: { count: faults.length } });

export function refuse(faults: readonly Fault[]): void {
  if (faults.length > 0) throw invalid(faults);
}

/** The fields that have faults. */
export const faultyFields = (faults: readonly Fault[]): ReadonlySet<string> =>
  new Set(faults.map(({ pointer }) => pointer?.split('/')[1] ?? ''));

/** An entry without its faulty fields, which no rule must compare with others or with their former values. */
export const without = <T extends object>(fields: ReadonlySet<string>, entry: T): Partial<T> =>
  fields.size === 0
    ? entry
    : (Object.fromEntries(Object.entries(entry).filter(([field]) => !fields.has(field))) as Partial<T>);

export const ProblemBody = z
  .object({
    type: z.string().meta({ description: 'Identifies the kind of problem.' }),
    title: z.string().meta({ description: 'The kind of problem, in the language of Accept-Language.' }),
    status: z.int(),
    detail: z.string().meta({ description: 'Details of this request, in the same language.' }),
    instance: z.string().meta({ description: 'The requested path.' }),
    code: z
      .string()
      .meta({ description: 'Stable, machine-readable code.', examples: ['projects.not_found'] }),
    requestId: z.string().meta({ description: 'Identifies the request in the service log.' }),
    errors: z
      .array(
        z.object({
          pointer: z.string().optional().meta({ description: 'JSON Pointer to the field.' }),
          parameter: z.string().optional().meta({ description: 'Name of the query parameter.' }),
          sheet: z.string().nullable().optional().meta({ description: 'For files: the worksheet.' }),
          row: z.int().optional().meta({ description: 'For files: the row or line, counted from 1.' }),
          column: z.string().nullable().optional().meta({ description: 'For files: the column, A, B … AA.' }),
          heading: z.string().nullable().optional().meta({ description: 'For files: the heading.' }),
          value: z.string().nullable().optional().meta({ description: 'For files: the value of the cell.' }),
          code: z.string(),
          message: z.string(),
        }),
      )
      .optional()
      .meta({ description: 'All faults of the body or the query.' }),
  })
  .meta({
    id: 'Problem',
    description: 'Why a request failed (RFC 9457).',
    examples: [
      {
        type: 'urn:luodi:problem:projects.not_found',
        title: 'Not found',
        status: 404,
        detail: 'There is no project “0190a1b2”.',
        instance: '/v1/projects/0190a1b2',
        code: 'projects.not_found',
        requestId: 'req-4f2a9c31',
      },
    ],
  });

/**
 * Security headers (OWASP REST Security Cheat Sheet): a response is data, never a page or part of one. The documentation
 * pages have their own policy. A plugin would set 13 headers on each response, most of them meant for pages.
 */
export const SECURITY = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
};
const SECURITY_OVER_TLS = { ...SECURITY, 'strict-transport-security': 'max-age=31536000' };

/** The headers of every response. */
export const standardHeaders = (request: FastifyRequest): Record<string, string> => ({
  'x-request-id': request.id,
  ...(request.protocol === 'https' ? SECURITY_OVER_TLS : SECURITY),
});

/** The language of the response: `lang`, else Chinese if `Accept-Language` prefers it to English. */
export function languageOf(request: FastifyRequest): Language {
  const { lang } = (request.query ?? {}) as { lang?: unknown };
  if (lang === 'zh' || lang === 'en') return lang;
  const preferred = new Negotiator(request.raw).language(['en', 'zh', 'zh-CN']);
  return preferred?.startsWith('zh') ? 'zh' : 'en';
}

/** Sends any error as a problem. Details are sent only of errors that a client can act on. */
export const problemHandler =
  (logger: Logger) =>
  (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
    if (error instanceof Replayed) {
      sendAnswer(reply.header('idempotency-replayed', 'true'), error.answer);
      return;
    }
    const problem = asProblem(error, request);
    // A refusal by the service is logged with the request.
    if (problem.status >= 500 && problem.cause !== undefined) {
      // What is wrong outside is an error once, not with each request.
      const level = isOutside(error) ? 'warn' : 'error';
      logger[level]({ requestId: request.id, err: error }, 'request failed');
    }
    sendProblem(problem, request, reply);
  };

function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  const language = languageOf(request);
  const { values, faults, headers } = problem.details;
  const detail = say(problems[problem.kind], language, values);
  const body: z.infer<typeof ProblemBody> = {
    type: `urn:luodi:problem:${problem.code}`,
    title: titles[problem.status as keyof typeof titles][language],
    status: problem.status,
    detail,
    // A client may keep or show it.
    instance: addressOf(request.url),
    code: problem.code,
    requestId: request.id,
    ...(faults && { errors: faults.map((fault) => faultBody(fault, language)) }),
  };
  reply
    .code(problem.status)
    .headers({ ...headers, 'cache-control': 'no-store', vary: 'Accept-Language' })
    .header('content-language', language === 'zh' ? 'zh-CN' : 'en')
    // Also for requests that Fastify refuses before any hook runs.
    .headers(standardHeaders(request))
    .type('application/problem+json')
    .send(JSON.stringify(body));
}

/** Each fault as a line of text. */
export const faultsInWords = (problem: Problem, language: Language): string[] =>
  (problem.details.faults ?? []).map((fault) => {
    const { message } = faultBody(fault, language);
    return `${fault.pointer ?? fault.parameter}: ${message}`;
  });

const faultBody = (fault: Fault, language: Language) => ({
  ...(fault.pointer !== undefined && { pointer: fault.pointer }),
  ...(fault.parameter !== undefined && { parameter: fault.parameter }),
  ...fault.cell,
  code: fault.code,
  message: say(faultMessages[fault.code], language, fault.values),
});

/** What an operator has to see to, with the seconds after which a client may try again. */
const databaseFaults: readonly [(error: unknown) => boolean, ProblemKind, number][] = [
  [isDamage, 'service.database_damaged', 60],
  [isDiskFull, 'service.disk_full', 10],
  [isReadOnly, 'service.read_only', 5],
  [isUnavailable, 'service.unavailable', 1],
];

/** 503 for a failure of the database that says nothing about the request. */
export function databaseProblem(cause: unknown): Problem | undefined {
  const loss = lossIn(cause);
  if (loss) {
    const values = { what: lostFiles[loss.what] };
    return new Problem('service.database_changed', { cause, values, headers: { 'retry-after': '10' } });
  }
  const found = databaseFaults.find(([is]) => is(cause));
  return found && new Problem(found[1], { cause, headers: { 'retry-after': String(found[2]) } });
}

type Translate = (error: FastifyError, request: FastifyRequest) => Problem;

/** Errors of Fastify, by code. */
const frameworkErrors: Readonly<Record<string, Translate>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: (cause) => new Problem('request.malformed_json', { cause }),
  FST_ERR_CTP_EMPTY_JSON_BODY: (cause) => new Problem('request.malformed_json', { cause }),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: (cause) =>
    new Problem('request.malformed', { cause, values: { reason: 'Content-Length' } }),
  FST_ERR_CTP_BODY_TOO_LARGE: (cause, request) =>
    new Problem('request.too_large', { cause, values: { limit: request.routeOptions.bodyLimit ?? 0 } }),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: (_, request) => unsupportedMediaType(request),
  FST_ERR_HANDLER_TIMEOUT: (cause) =>
    new Problem('service.unavailable', { cause, headers: { 'retry-after': '5' } }),
  FST_ERR_BAD_URL: (cause) => new Problem('request.malformed', { cause, values: { reason: 'URL' } }),
  // An invalid path below the documentation pages.
  FST_STATIC_FORBIDDEN_PATH: () => new Problem('request.unknown_path'),
  FST_ERR_MAX_PARAM_LENGTH: (cause) => new Problem('request.uri_too_long', { cause }),
};

const TAKEN: Readonly<Record<string, string>> = {
  PATCH: 'application/merge-patch+json or application/json',
};

/** 415 with the accepted media types: those given, else those of the route or the method. */
export const unsupportedMediaType = (
  request: FastifyRequest,
  expected = request.routeOptions.config?.takes ?? TAKEN[request.method] ?? 'application/json',
): Problem => new Problem('request.unsupported_media_type', { values: { expected } });

function asProblem(error: unknown, request: FastifyRequest): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Error && 'code' in error) {
    const translate = frameworkErrors[String(error.code)];
    if (translate) return translate(error as FastifyError, request);
  }
  const ofDatabase = databaseProblem(error);
  if (ofDatabase) return ofDatabase;
  if (error instanceof TooManyWaitingError) {
    const { max, whose } = error;
    const kind = whose === 'own' ? 'service.too_many_waiting' : 'service.queue_full';
    return new Problem(kind, { values: { max }, headers: { 'retry-after': '5' } });
  }
  // The client has disconnected.
  if (error instanceof GoneError) return overloaded();
  // Services check before they write; these two handle races.
  if (isUniqueViolation(error) || isForeignKeyViolation(error)) {
    return new Problem('request.conflict', { cause: error });
  }
  return new Problem('service.error', { cause: error });
}
