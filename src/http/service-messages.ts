/** Messages for failures of the service itself. */
import type { Message } from '../core/languages.ts';

export const serviceProblems = {
  'service.unavailable': {
    status: 503,
    en: 'The database is busy or cannot be reached; try again shortly.',
    zh: '数据库繁忙或无法连接，请稍后重试。',
  },
  'service.overloaded': {
    status: 503,
    en: 'The service is overloaded; try again shortly.',
    zh: '服务负载过高，请稍后重试。',
  },
  'service.too_many_waiting': {
    status: 503,
    en: '{max} of your requests are already waiting, the most for one key, or for one address without a key; try again shortly.',
    zh: '您已有 {max} 项查询在排队，已达单个密钥（或无密钥的单个地址）的上限，请稍后重试。',
  },
  'service.filling': {
    status: 503,
    en: 'The figures are being made ready ({percent} % done); try again shortly.',
    zh: '统计数据正在准备（已完成 {percent}%），请稍后重试。',
  },
  'service.queue_full': {
    status: 503,
    en: '{max} requests are already waiting, the most the service accepts; try again shortly.',
    zh: '全部排队查询已达 {max} 项的上限，请稍后重试。',
  },
  'changes.too_many_streams': {
    status: 503,
    en: 'Too many change streams are open: at most {own} for one key, or for one network without a key; {all} in total, {withoutKey} of them without a key. Close one, or try again shortly.',
    zh: '变更流已达上限：每个密钥（或无密钥的单个网络）{own} 个，全部 {all} 个，其中无密钥 {withoutKey} 个。请关闭一个，或稍后重试。',
  },
  'service.error': {
    status: 500,
    en: 'An internal error occurred; the request id identifies it in the log.',
    zh: '服务内部出错；可凭请求编号在日志中查找。',
  },
} as const satisfies Record<string, Message & { status: number }>;
