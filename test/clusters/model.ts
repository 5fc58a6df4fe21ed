/** A naive model of a cluster's progress, day by day and enterprise by enterprise. */
import { addDays, modelRate } from '../support/model-figures.ts';

export interface ModelMember {
  /** Index of the enterprise. */
  enterprise: number;
  role: 'upstream' | 'downstream' | 'supporting';
  introducedOn: string;
  leftOn: string | null;
}

export interface ModelTarget {
  count: number;
  from: string;
  by: string;
}

export const isThere = ({ introducedOn, leftOn }: ModelMember, day: string): boolean =>
  introducedOn <= day && (leftOn === null || day < leftOn);

/** Whether an enterprise is introduced while it is already a member, or twice on one day. */
export const clashes = (one: ModelMember, other: ModelMember): boolean =>
  one.enterprise === other.enterprise &&
  (one.introducedOn === other.introducedOn ||
    isThere(one, other.introducedOn) ||
    isThere(other, one.introducedOn));

const enterprisesOf = (members: readonly ModelMember[]): number[] => [
  ...new Set(members.map(({ enterprise }) => enterprise)),
];

const tallyOf = (members: readonly ModelMember[], asOf: string) => ({
  introduced: enterprisesOf(members.filter(({ introducedOn }) => introducedOn <= asOf)).length,
  present: members.filter((member) => isThere(member, asOf)).length,
});

const daysFrom = (from: string, to: string): string[] => {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
};

/** n ÷ d rounded half-up to one decimal, digit by digit. */
function oneDecimal(n: number, d: number): number {
  const tenths = Math.floor((n * 10) / d);
  return (n * 10 - tenths * d) * 2 >= d ? (tenths + 1) / 10 : tenths / 10;
}

function targetOf(members: readonly ModelMember[], { count, from, by }: ModelTarget, asOf: string) {
  const end = asOf < by ? asOf : by;
  const before = enterprisesOf(members.filter((member) => isThere(member, addDays(from, -1))));
  const cameBy = (day: string) =>
    members.filter(
      ({ enterprise, introducedOn }) =>
        introducedOn >= from && introducedOn <= day && !before.includes(enterprise),
    );
  const countOn = (day: string) => cameBy(day).filter((member) => isThere(member, day)).length;
  const introduced = asOf < from ? 0 : countOn(end);
  const came = asOf < from ? 0 : enterprisesOf(cameBy(end)).length;
  const allDays = daysFrom(from, by).length;
  const elapsedDays = daysFrom(from, end).length;
  let reachedOn: string | null = null;
  for (const day of daysFrom(from, end).toReversed()) {
    if (countOn(day) < count) break;
    reachedOn = day;
  }
  return {
    count,
    from,
    by,
    introduced,
    left: came - introduced,
    remaining: introduced > count ? 0 : count - introduced,
    share: modelRate(introduced, count),
    totalDays: allDays,
    elapsedDays,
    daysLeft: daysFrom(addDays(asOf, 1), by).length,
    expectedByNow: oneDecimal(count * elapsedDays, allDays),
    reached: reachedOn !== null,
    reachedOn,
    onCourse: asOf < from ? null : introduced / count >= elapsedDays / allDays,
  };
}

/** All data about members and targets in a response for a day. */
export const progressOf = (
  members: readonly ModelMember[],
  targets: readonly ModelTarget[],
  asOf: string,
) => ({
  asOf,
  ...tallyOf(members, asOf),
  byRole: Object.fromEntries(
    (['upstream', 'downstream', 'supporting'] as const).map((role) => [
      role,
      tallyOf(
        members.filter((member) => member.role === role),
        asOf,
      ),
    ]),
  ),
  targets: targets.map((target) => targetOf(members, target, asOf)),
});
