/** Why a list cannot be exported as a file. */
import type { Messages, ProblemMessage } from '../http/messages.ts';

const problems = {
  'transfer.too_many_exports': {
    status: 503,
    en: 'Too many exports are running (at most {max}, {share} of them without a key); try again shortly.',
    zh: '正在进行的导出已达上限：全部 {max} 个，其中无密钥 {share} 个，请稍后重试。',
  },
  'transfer.too_many_rows': {
    status: 422,
    en: 'The result exceeds the {max} rows of a worksheet; narrow the filter, or use csv or ndjson.',
    zh: '工作表最多 {max} 行，所选项目超出；请缩小筛选范围，或改用 csv、ndjson 格式。',
  },
} as const satisfies Record<string, ProblemMessage>;

export const sheetMessages = { problems } satisfies Messages;

type Problems = typeof problems;

declare module '../http/messages.ts' {
  interface ProblemMessages extends Problems {}
}
