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

/** From the day of the introduction until the day on which it left, when it is no longer there; null while it is. */
export interface Term {
  introducedOn: string;
  leftOn: string | null;
}

export interface Membership extends Term {
  id: string;
}

const isOverBy = ({ leftOn }: Term, day: string): boolean => leftOn !== null && leftOn <= day;

/** Whether two terms of one enterprise cannot both be: one begins while the other lasts, or on the same day. */
export const overlap = (one: Term, other: Term): boolean =>
  one.introducedOn === other.introducedOn ||
  !(isOverBy(one, other.introducedOn) || isOverBy(other, one.introducedOn));

const TODAY: MessageValue = { en: 'today', zh: '今' };

/** The fault of a day on which an enterprise cannot come, since it is a member already. */
export const alreadyFault = ({ introducedOn, leftOn }: Term): Fault => ({
  pointer: '/introducedOn',
  code: 'member_already',
  values: { from: introducedOn, until: leftOn ?? TODAY },
});

/**
 * The faults of a membership beside what else there is.
 * @param leader the leader of the cluster; it may have been a member, but is none
 * @param others all memberships of the enterprise in the cluster, this one as it was among them
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
