/** Messages for failures of the service itself. */
import type { Message } from '../core/languages.ts';

export const serviceProblems = {
  'service.unavailable': {
    status: 503,
    en: 'The database is busy or cannot be reached; try again shortly.',
    zh: '数据库繁忙或无法连接，请稍后重试。',
  },
  'service.database_changed': {
    status: 503,
    en: 'Nothing is written to the database, because its file {what}.',
    zh: '数据库文件{what}，已停止写入。',
  },
  'service.database_damaged': {
    status: 503,
    en: 'The database is damaged; nothing is written to it. The operator must restore it.',
    zh: '数据库已损坏，停止写入。请运维人员恢复数据库。',
  },
  'service.disk_full': {
    status: 503,
    en: 'The disk of the service is full; nothing was changed. Try again when the operator has made room.',
    zh: '服务所在磁盘已满，未作任何更改。请待运维人员清理空间后重试。',
  },
  'service.read_only': {
    status: 503,
    en: 'The database accepts no writes at present, as a standby does; try again shortly.',
    zh: '数据库当前只读（如尚未切换的备库），请稍后重试。',
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
  'service.stopping': {
    status: 503,
    en: 'This instance of the service is about to stop; others go on.',
    zh: '本实例即将停止，请使用其他实例。',
  },
  'service.error': {
    status: 500,
    en: 'An internal error occurred; the request id identifies it in the log.',
    zh: '服务内部出错；可凭请求编号在日志中查找。',
  },
} as const satisfies Record<string, Message & { status: number }>;

/** What happened to a file of the database, and what to do. */
export const lostFiles = {
  missing: {
    en: 'is missing. The operator must put it back',
    zh: '已被移走或删除（请运维人员将其放回）',
  },
  replaced: {
    en: 'was replaced by another. The operator must put the right one in its place and restart the service',
    zh: '已被其他文件替换（请运维人员放回正确的文件并重启服务）',
  },
  overwritten: {
    en: 'was overwritten with other data. The operator must stop the service and restore it',
    zh: '已被其他数据覆盖（请运维人员停止服务并恢复数据）',
  },
  touched: {
    en: 'was changed by another program. It is being checked; try again shortly',
    zh: '被其他程序改动，正在检查，请稍后重试',
  },
} as const satisfies Record<string, Message>;
