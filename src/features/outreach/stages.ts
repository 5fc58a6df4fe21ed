/** Stages of contacts and levels of guests: pure domain, derived from days and never stored. */
import type { Message } from '../../core/languages.ts';

export const stages = ['contacted', 'negotiating', 'signed', 'lost'] as const;
export type Stage = (typeof stages)[number];

export interface ContactDays {
  contactedOn: string;
  negotiatingOn: string | null;
  signedOn: string | null;
  lostOn: string | null;
}

const isBy = (on: string | null, day: string): boolean => on !== null && on <= day;

/** The stage on a day, the first that applies: lost, signed, negotiating, contacted. */
export function stageOf({ negotiatingOn, signedOn, lostOn }: ContactDays, day: string): Stage {
  if (isBy(lostOn, day)) return 'lost';
  if (isBy(signedOn, day)) return 'signed';
  return isBy(negotiatingOn, day) ? 'negotiating' : 'contacted';
}

/** Representatives of an enterprise, the highest level first. */
export const guestLevels = [
  { code: 'group_president', en: 'chairperson or president of the group', zh: '集团董事长或总裁' },
  { code: 'group_vice_president', en: 'vice president of the group', zh: '集团副总裁' },
  { code: 'china_president', en: 'China-region president', zh: '中国区总裁' },
  { code: 'china_vice_president', en: 'China-region vice president', zh: '中国区副总裁' },
  { code: 'director', en: 'director', zh: '总监或部门负责人' },
  { code: 'manager', en: 'manager', zh: '经理' },
] as const satisfies readonly (Message & { code: string })[];

/** How an enterprise was contacted. */
export const channels = [
  { code: 'invitation', en: 'invitation', zh: '邀请' },
  { code: 'exhibition', en: 'exhibition', zh: '参展' },
  { code: 'visit', en: 'visit', zh: '拜访' },
  { code: 'referral', en: 'referral', zh: '推荐' },
] as const satisfies readonly (Message & { code: string })[];
export type Channel = (typeof channels)[number]['code'];
