/** Messages about keys and permissions. */
import type { Message } from '../core/languages.ts';
import type { Messages, ProblemMessage } from '../http/messages.ts';

/** Reasons for refusing a request. */
const problems = {
  'access.key_required': {
    status: 401,
    en: 'Send an API key: Authorization: Bearer luodi_…',
    zh: '请提供 API 密钥：Authorization: Bearer luodi_…',
  },
  'access.invalid_key': {
    status: 401,
    en: 'This is not a valid API key; check that it is complete.',
    zh: '该密钥无效，请检查是否完整。',
  },
  'access.revoked_key': { status: 401, en: 'This key has been revoked.', zh: '该密钥已被吊销。' },
  'access.expired_key': { status: 401, en: 'This key has expired.', zh: '该密钥已过期。' },
  'access.invalid_token': {
    status: 401,
    en: 'This stream token is unknown, used or expired; ask for a new one.',
    zh: '该变更流令牌不存在、已使用或已过期，请重新申请。',
  },
  'access.two_credentials': {
    status: 400,
    en: 'Send either a token or the Authorization header, but not both.',
    zh: 'token 参数与 Authorization 请求头只能发送其一。',
  },
  'access.too_many_tokens': {
    status: 429,
    en: 'The key has {max} stream tokens that are neither used nor expired; wait {seconds} seconds.',
    zh: '该密钥未使用且未过期的变更流令牌已达 {max} 个，请等待 {seconds} 秒后重试。',
  },
  'access.role': {
    status: 403,
    en: 'This requires the role {needed}; the key has {role}.',
    zh: '此操作需要角色 {needed}，当前密钥的角色为 {role}。',
  },
  'access.other_region': {
    status: 403,
    en: 'This key may write only in {regions}, not in {region}.',
    zh: '该密钥只能写入 {regions}，而此操作涉及 {region}。',
  },
  'access.parameter_needs_key': {
    status: 401,
    en: 'The parameter {parameter} could reveal a single project and needs an API key.',
    zh: '参数 {parameter} 可能暴露单个项目，需要提供 API 密钥。',
  },
  'access.dimension_needs_key': {
    status: 401,
    en: 'Without an API key, select one group or break down by one dimension; {parameter} asks for more.',
    zh: '未提供 API 密钥时，统计只能选取一个维度的一个分组，或只按一个维度分组；参数 {parameter} 超出了该范围。',
  },
  'access.day_needs_key': {
    status: 401,
    en: 'Without an API key, asOf and a day in compareWith must be the last day of a month, {latest} or earlier.',
    zh: '未提供 API 密钥时，asOf 和 compareWith 中的日期必须为某月的最后一天，且不晚于 {latest}。',
  },
  'access.too_many_failures': {
    status: 429,
    en: 'Too many invalid keys came from this address; wait {seconds} {seconds:second|seconds}.',
    zh: '该地址发送的无效密钥过多；首次在此使用的密钥请等待 {seconds} 秒后重试。',
  },
  'access.in_every_region': {
    status: 403,
    en: 'Changing {fields} of this {noun} affects figures of every region; it requires the role admin or a key without regions.',
    zh: '各地区的统计数据都依赖该{noun}的 {fields}；限定行政区划的密钥不能修改，请由管理员（角色 admin）修改。',
  },
} as const satisfies Record<string, ProblemMessage>;

const faults = {
  not_in_the_future: { en: 'must be in the future', zh: '应为将来的时刻' },
  only_for_editors: { en: 'applies to editors only', zh: '仅适用于 editor 角色' },
  reads_as_a_key: {
    en: 'must not contain “luodi_” or an id (a UUID): it could pass for another key',
    zh: '不能含有“luodi_”或编号（UUID），以免被误认为另一密钥',
  },
  in_every_region: {
    en: 'affects figures of every region and requires the role admin; this key may write only in {regions}',
    zh: '各地区的统计数据都依赖此项，须由管理员（角色 admin）修改；该密钥只能写入 {regions}',
  },
} as const satisfies Record<string, Message>;

export const accessMessages = { problems, faults } satisfies Messages;

type Problems = typeof problems;
type Faults = typeof faults;

declare module '../http/messages.ts' {
  interface ProblemMessages extends Problems {}
  interface FaultMessages extends Faults {}
}
