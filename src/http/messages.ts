/** Error messages in English and Chinese, one row per code. Features add their own. */
import type { Message } from '../core/languages.ts';

import { serviceProblems } from './service-messages.ts';

/** Problems: why a request as a whole was refused. `{x}` is filled from the problem's parameters. */
const ownProblems = {
  'request.malformed_json': {
    status: 400,
    en: 'The body is not valid JSON.',
    zh: '请求体不是有效的 JSON。',
  },
  'request.malformed': {
    status: 400,
    en: 'The request is not valid HTTP: {reason}.',
    zh: '请求不符合 HTTP 规范：{reason}。',
  },
  'request.too_large': {
    status: 413,
    en: 'The body is larger than the {limit} bytes allowed.',
    zh: '请求体超过允许的 {limit} 字节。',
  },
  'request.uri_too_long': {
    status: 414,
    en: 'The address is too long.',
    zh: '请求地址过长。',
  },
  'request.timeout': {
    status: 408,
    en: 'The request took too long to arrive.',
    zh: '请求传输超时。',
  },
  'request.headers_too_large': {
    status: 431,
    en: 'The request headers are too large.',
    zh: '请求头过大。',
  },
  'request.unsupported_media_type': {
    status: 415,
    en: 'The media type of the body is not supported; use {expected}.',
    zh: '不支持该请求体类型；请发送 {expected}。',
  },
  'request.invalid': {
    status: 422,
    en: 'The request has {count} {count:fault|faults}; see errors.',
    zh: '请求有 {count} 处错误，详见 errors。',
  },
  'request.unknown_path': {
    status: 404,
    en: 'There is nothing at this path; see /docs.',
    zh: '该路径不存在；可用路径见 /docs。',
  },
  'request.method_not_allowed': {
    status: 405,
    en: '{method} is not allowed here; allowed: {allowed}.',
    zh: '该路径不支持 {method}；支持 {allowed}。',
  },
  'request.if_match_required': {
    status: 428,
    en: 'Send If-Match with the ETag of what you read, so that nobody’s change is overwritten.',
    zh: '请在 If-Match 中带上读取时的 ETag，以免覆盖他人的修改。',
  },
  'request.changed_meanwhile': {
    status: 412,
    en: 'It has changed since you read it; read it again. The ETag header has the current one.',
    zh: '读取之后内容已被修改，请重新读取。当前 ETag 见响应头。',
  },
  'request.condition_required': {
    status: 428,
    en: 'Send If-Match with the ETag of what you read, to replace it, or If-None-Match: *, to create it, so that nobody’s data is overwritten.',
    zh: '替换时请在 If-Match 中带上读取时的 ETag，新建时请发送 If-None-Match: *，以免覆盖他人的数据。',
  },
  'request.two_conditions': {
    status: 400,
    en: 'Send If-Match, to replace, or If-None-Match: *, to create, but not both.',
    zh: 'If-Match（替换）与 If-None-Match: *（新建）只能发送其一。',
  },
  'request.exists_already': {
    status: 412,
    en: 'It exists already; to replace it, send If-Match with its ETag, which the ETag header has.',
    zh: '内容已存在；如需替换，请在 If-Match 中带上其 ETag（见响应头）。',
  },
  'request.nothing_there': {
    status: 412,
    en: 'There is nothing to replace; to create it, send If-None-Match: *.',
    zh: '没有可替换的内容；如需新建，请发送 If-None-Match: *。',
  },
  'request.bad_idempotency_key': {
    status: 400,
    en: 'Idempotency-Key must be 1–255 visible ASCII characters.',
    zh: 'Idempotency-Key 应为 1–255 个可见 ASCII 字符。',
  },
  'request.not_retryable': {
    status: 422,
    en: 'The response cannot be repeated, as it contains a secret or tells of a test; send no Idempotency-Key.',
    zh: '该响应包含密钥或测试结果，无法重放；请勿发送 Idempotency-Key。',
  },
  'request.idempotency_key_reused': {
    status: 422,
    en: 'This Idempotency-Key was used for another request; use a new one for each.',
    zh: '该 Idempotency-Key 已用于另一请求；请为每个请求使用新的键。',
  },
  'request.under_way': {
    status: 409,
    en: 'The first request with this Idempotency-Key is still under way; try again shortly.',
    zh: '使用该 Idempotency-Key 的首个请求仍在处理，请稍后重试。',
  },
  'request.not_acceptable': {
    status: 406,
    en: 'None of the available formats ({offered}) matches Accept; change it, or choose one with ?format=.',
    zh: 'Accept 不接受可提供的任何格式（{offered}）；请修改，或用 ?format= 指定。',
  },
  'resource.not_found': {
    status: 404,
    en: 'There is no {noun} “{id}”.',
    zh: '没有编号为“{id}”的{noun}。',
  },
  'resource.taken': {
    status: 409,
    en: 'Another {noun} already has this {field}.',
    zh: '已有{noun}使用该 {field}。',
  },
  'resource.referenced': {
    status: 409,
    en: 'The {noun} “{id}” cannot be deleted: {count} {by} {count:refers|refer} to it.',
    zh: '{noun}“{id}”不能删除：仍被 {count} 个{by}引用。',
  },
  'request.conflict': {
    status: 409,
    en: 'Somebody else changed what this refers to at the same moment; try again.',
    zh: '相关数据刚刚被他人修改，请重试。',
  },
  'request.too_many': {
    status: 429,
    en: 'This key may make {max} requests a minute; try again in {seconds} {seconds:second|seconds}.',
    zh: '该密钥每分钟最多请求 {max} 次，请在 {seconds} 秒后重试。',
  },
  'request.too_many_kept': {
    status: 429,
    en: 'Responses to requests with an Idempotency-Key are stored for 24 hours, at most {max} responses and {megabytes} MB per key; this key has reached the limit. Try again in {seconds} {seconds:second|seconds}, or send the request without one.',
    zh: '每个密钥带 Idempotency-Key 的请求，其响应保存 24 小时，上限为 {max} 个、合计 {megabytes} MB；该密钥已达上限。请在 {seconds} 秒后重试，或不带该请求头发送。',
  },
  ...serviceProblems,
} as const satisfies Record<string, Message & { status: number }>;

/** The title of a problem: one for each status. */
export const titles = {
  400: { en: 'Malformed request', zh: '请求格式错误' },
  401: { en: 'Not authenticated', zh: '未认证' },
  403: { en: 'Forbidden', zh: '无权操作' },
  404: { en: 'Not found', zh: '未找到' },
  405: { en: 'Method not allowed', zh: '不支持该方法' },
  406: { en: 'Not acceptable', zh: '无可接受的格式' },
  408: { en: 'Request timed out', zh: '请求超时' },
  409: { en: 'Conflict', zh: '冲突' },
  410: { en: 'Gone', zh: '已不可用' },
  412: { en: 'Precondition failed', zh: '前提条件不成立' },
  413: { en: 'Too large', zh: '请求过大' },
  414: { en: 'Address too long', zh: '地址过长' },
  415: { en: 'Unsupported media type', zh: '不支持的媒体类型' },
  422: { en: 'Invalid request', zh: '请求内容有误' },
  428: { en: 'Precondition required', zh: '缺少前提条件' },
  429: { en: 'Too many requests', zh: '请求过多' },
  431: { en: 'Headers too large', zh: '请求头过大' },
  500: { en: 'Internal error', zh: '内部错误' },
  503: { en: 'Unavailable', zh: '服务暂不可用' },
  507: { en: 'Insufficient storage', zh: '存储空间不足' },
} as const satisfies Record<number, Message>;

type OwnProblems = typeof ownProblems;

/** All problems: features add theirs, in their `messages.ts`, to this type and with `addMessages`. */
export interface ProblemMessages extends OwnProblems {}
export type ProblemKind = keyof ProblemMessages;

/** Faults of one field or parameter. */
const ownFaults = {
  required: { en: 'is required', zh: '为必填项' },
  wrong_type: { en: 'must be {expected}', zh: '应为 {expected}' },
  unknown_field: { en: 'is not a field of this resource', zh: '不是该资源的字段' },
  duplicate_key: { en: 'is given twice', zh: '重复出现' },
  unknown_parameter: { en: 'is not a parameter of this request', zh: '不是该请求的参数' },
  read_only: {
    en: 'is computed by the service and cannot be set',
    zh: '由系统计算得出，不能设置',
  },
  immutable: { en: 'cannot change once given', zh: '一经设定不可更改' },
  not_a_choice: { en: 'must be one of {choices}', zh: '应为以下之一：{choices}' },
  empty: { en: 'must not be empty', zh: '不能为空' },
  too_short: { en: 'must have at least {min} {min:character|characters}', zh: '至少 {min} 个字符' },
  too_long: { en: 'must have at most {max} {max:character|characters}', zh: '最多 {max} 个字符' },
  too_few: { en: 'must have at least {min} {min:item|items}', zh: '至少 {min} 项' },
  too_many_words: { en: 'may have at most {max} words', zh: '最多 {max} 个词' },
  too_many: { en: 'must have at most {max} {max:item|items}', zh: '最多 {max} 项' },
  too_small: { en: 'must be at least {min}', zh: '不能小于 {min}' },
  too_large: { en: 'must be at most {max}', zh: '不能大于 {max}' },
  not_plain_text: {
    en: 'contains {character} at position {position}; remove it',
    zh: '第 {position} 个字符是 {character}，不能接受，请删除',
  },
  hidden_character: {
    en: 'contains the invisible character {character} at position {position}; remove it',
    zh: '第 {position} 个字符是 {character}，肉眼不可见，请删除',
  },
  shows_nothing: { en: 'contains no visible character', zh: '没有任何可见字符' },
  not_a_day: { en: 'must be a valid date, like 2020-06-29', zh: '应为真实存在的日期，如 2020-06-29' },
  not_an_instant: {
    en: 'must be a timestamp with offset, like 2020-06-29T08:00:00Z',
    zh: '应为带时区的时刻，如 2020-06-29T08:00:00Z',
  },
  not_a_month: { en: 'must be a month, like 2020-06', zh: '应为月份，如 2020-06' },
  not_a_year: { en: 'must be a year, like 2020', zh: '应为年份，如 2020' },
  not_an_id: { en: 'must be an id of this service (a UUID)', zh: '应为系统给出的编号（UUID）' },
  not_a_code: {
    en: 'must be 1–64 of the characters A–Z a–z 0–9 . _ -',
    zh: '应为 1–64 个字符，限 A–Z a–z 0–9 . _ -',
  },
  not_a_slug: {
    en: 'must be 1–64 lower-case letters, digits and hyphens, beginning with a letter or digit, and not “none”',
    zh: '应为 1–64 个小写字母、数字或连字符，并以字母或数字开头，且不能为 none',
  },
  not_a_region: { en: 'must be a six-digit code of GB/T 2260', zh: '应为 GB/T 2260 六位行政区划代码' },
  not_an_industry: {
    en: 'must be a section letter or a two-digit division of GB/T 4754',
    zh: '应为 GB/T 4754 门类字母或两位大类代码',
  },
  not_a_country: {
    en: 'must be a country code of ISO 3166-1, like CN',
    zh: '应为 ISO 3166-1 国家代码，如 CN',
  },
  not_a_currency: {
    en: 'must be a currency code of ISO 4217, like USD',
    zh: '应为 ISO 4217 货币代码，如 USD',
  },
  not_an_amount: {
    en: 'must be a decimal number as text, like "300000000.00"',
    zh: '应为文本形式的十进制数，如 "300000000.00"',
  },
  not_a_cursor: {
    en: 'is not a cursor of this list with this sort order',
    zh: '不是该列表在此排序下的游标',
  },
  not_for_format: { en: 'does not apply to {format}', zh: '不适用于 {format} 格式' },
  not_a_field: {
    en: 'there is no field “{names}”; choices: {choices}',
    zh: '没有字段“{names}”；可选：{choices}',
  },
  not_sortable: { en: 'can be sorted by {choices} only', zh: '只能按以下字段排序：{choices}' },
  duplicate: { en: 'contains a duplicate', zh: '有重复项' },
  unknown_reference: { en: 'there is no {noun} “{id}”', zh: '没有{noun}“{id}”' },
  circular: { en: 'would make it its own ancestor', zh: '会使其成为自身的上级' },
  before_1900: { en: 'must not be before 1900-01-01', zh: '不能早于 1900-01-01' },
  after_today: { en: 'must not be after today, {today}', zh: '不能晚于今天（{today}）' },
} as const satisfies Record<string, Message>;

type OwnFaults = typeof ownFaults;

/** All faults, as in `ProblemMessages`. */
export interface FaultMessages extends OwnFaults {}
export type FaultCode = keyof FaultMessages;

export type ProblemMessage = Message & { status: keyof typeof titles };

/** The messages of a feature. */
export interface Messages {
  problems?: Readonly<Record<string, ProblemMessage>>;
  faults?: Readonly<Record<string, Message>>;
}

export const problems = { ...ownProblems } as Record<ProblemKind, ProblemMessage>;
export const faults = { ...ownFaults } as Record<FaultCode, Message>;

export function addMessages(...features: readonly Messages[]): void {
  for (const feature of features) {
    Object.assign(problems, feature.problems);
    Object.assign(faults, feature.faults);
  }
}

/** Names of value types. */
export const typeNames = {
  string: { en: 'text', zh: '文本' },
  number: { en: 'a number', zh: '数字' },
  int: { en: 'a whole number', zh: '整数' },
  boolean: { en: 'true or false', zh: 'true 或 false' },
  array: { en: 'a list', zh: '列表' },
  object: { en: 'an object', zh: '对象' },
} as const satisfies Record<string, Message>;
