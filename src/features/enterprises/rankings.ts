/** The three lists of the 500 largest enterprises. */
import type { Message } from '../../core/languages.ts';

export const rankingLists = ['fortune_global_500', 'china_500', 'china_private_500'] as const;
export type RankingList = (typeof rankingLists)[number];

/** Names of the three lists. */
export const rankingListNames: Readonly<Record<RankingList, Message>> = {
  fortune_global_500: { zh: '世界500强', en: 'Fortune Global 500' },
  china_500: { zh: '中国企业500强', en: 'China 500' },
  china_private_500: { zh: '中国民营企业500强', en: 'China private 500' },
};
