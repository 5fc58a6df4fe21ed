/** Messages about enterprises. */
import type { Message } from '../../core/languages.ts';
import type { Messages } from '../../http/messages.ts';

const faults = {
  not_a_ranking: {
    en: '“{line}” is no ranking: write list, year and rank, like “Fortune Global 500 2022 120”; the lists are {choices}',
    zh: '“{line}”不是榜单排名；应依次写明榜单、年份、名次，如“世界500强 2022 120”；榜单为：{choices}',
  },
  ranking_twice: { en: 'has the same list and year twice', zh: '同一榜单同一年份重复' },
  not_a_social_credit_code: {
    en: 'must be an 18-character unified social credit code with a valid check character (GB 32100)',
    zh: '应为 18 位统一社会信用代码且校验位正确（GB 32100）',
  },
} as const satisfies Record<string, Message>;

export const enterpriseMessages = { faults } satisfies Messages;

type Faults = typeof faults;

declare module '../../http/messages.ts' {
  interface FaultMessages extends Faults {}
}
