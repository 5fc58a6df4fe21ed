/** Rules of cluster membership: pure domain. */
import type { Message, MessageValue } from '../../core/languages.ts';
import type { Fault } from '../../http/problems.ts';

/** Position of a member in its leader's industrial chain. */
export const roles = [
  { code: 'upstream', en: 'upstream', zh: '上游' },
  { code: 'downstream', en: 'downstream', zh: '下游' },
  { code: 'supporting', en: 'supporting', zh: '配套' },
] as const satisfies readonly (Message & { code: string })[];
export type Role = (typeof roles)[number]['code'];

/** From the day of introduction until the day it left; null if it is still a member. */
export interface Term {
  introducedOn: string;
  leftOn: string | null;
}

export interface Membership extends Term {
  id: string;
}

const isOverBy = ({ leftOn }: Term, day: string): boolean => leftOn !== null && leftOn <= day;

/** Whether two terms of one enterprise conflict: one starts during the other, or on the same day. */
export const overlap = (one: Term, other: Term): boolean =>
  one.introducedOn === other.introducedOn ||
  !(isOverBy(one, other.introducedOn) || isOverBy(other, one.introducedOn));

const TODAY: MessageValue = { en: 'today', zh: '今' };

/** The fault of an introduction on a day when the enterprise is already a member. */
export const alreadyFault = ({ introducedOn, leftOn }: Term): Fault => ({
  pointer: '/introducedOn',
  code: 'member_already',
  values: { from: introducedOn, until: leftOn ?? TODAY },
});

/**
 * The faults of a membership in relation to other data.
 * @param leader the leader of the cluster; it may have been a member, but cannot be one now
 * @param others all memberships of the enterprise in the cluster, including this one before the change
 */
export function membershipFaults(
  membership: Membership & { enterprise: string },
  leader: string | null,
  others: readonly Membership[],
): Fault[] {
  const faults: Fault[] = [];
  if (membership.enterprise === leader && membership.leftOn === null) {
    faults.push({ pointer: '/enterprise', code: 'leader_is_no_member' });
  }
  const other = others.find((one) => one.id !== membership.id && overlap(one, membership));
  if (other) faults.push(alreadyFault(other));
  return faults;
}
