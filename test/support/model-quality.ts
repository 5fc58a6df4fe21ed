/** A naive model of the quality rules, project by project. It shares no code with the service. */
import { isCounted, type ModelProject, type ModelWorld } from './model.ts';
import { fundsInPlaceOf } from './model-figures.ts';

type Day = string;

const isOver = (p: ModelProject, asOf: Day): boolean => p.terminatedOn !== null && p.terminatedOn <= asOf;

const dayNumber = (day: Day): number => Date.parse(`${day}T00:00:00Z`) / 86_400_000;
const days = (from: Day, to: Day): number => dayNumber(to) - dayNumber(from);

/** The day in Shanghai, which is always eight hours ahead of UTC. */
export const shanghaiDay = (moment: string): Day =>
  new Date(Date.parse(moment) + 8 * 3_600_000).toISOString().slice(0, 10);

/** Whether more than a year has passed: the anniversary is over. */
function isOverAYear(from: Day, to: Day): boolean {
  const years = Number(to.slice(0, 4)) - Number(from.slice(0, 4));
  return years > 1 || (years === 1 && to.slice(5) > from.slice(5));
}

function bareName(name: string): string {
  let bare = name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\p{P}\p{S}\p{Z}]/gu, '');
  for (const word of ['项目', '工程', '基地', '一期', 'project']) bare = bare.split(word).join('');
  return bare;
}

/** All projects that may be the same one, signed at another event. */
export function othersOf(world: ModelWorld, p: ModelProject, asOf: Day): ModelProject[] {
  const counts = (one: ModelProject) =>
    !one.archived && one.signedOn <= asOf && one.event !== null && !isOver(one, asOf);
  if (!counts(p)) return [];
  return world.projects.filter(
    (other) =>
      counts(other) &&
      other.event !== p.event &&
      other.investmentYuan === p.investmentYuan &&
      other.investors.some(({ id }) => p.investors.some((mine) => mine.id === id)) &&
      bareName(p.name) !== '' &&
      bareName(other.name) === bareName(p.name),
  );
}

type Finding = Record<string, unknown>;

/** The finding of a rule for a project on a day; null if the rule does not match. */
export type ModelRule = (p: ModelProject, asOf: Day, staleDays: number, world: ModelWorld) => Finding | null;

const since = (day: Day, asOf: Day): Finding => ({ since: day, days: days(day, asOf) });
const missing = (...fields: string[]) => (fields.length > 0 ? { missing: fields } : null);

export const MODEL_RULES: Record<string, ModelRule> = {
  funds_above_investment: (p, asOf) => {
    const excessYuan = fundsInPlaceOf(p, asOf) - p.investmentYuan;
    return excessYuan > 0 ? { excessYuan } : null;
  },
  possible_double_signing: (p, asOf, _, world) => {
    const others = othersOf(world, p, asOf);
    return others.length > 0 ? { others: others.map(({ code }) => code) } : null;
  },
  overdue_start: (p, asOf) =>
    p.agreedStartOn !== null && isCounted('overdueStart', p, asOf) ? since(p.agreedStartOn, asOf) : null,
  overdue_production: (p, asOf) =>
    p.agreedProductionOn !== null && isCounted('overdueProduction', p, asOf)
      ? since(p.agreedProductionOn, asOf)
      : null,
  no_change_reported: (p, asOf, staleDays) => {
    if (isOver(p, asOf) || isCounted('inProduction', p, asOf)) return null;
    const changed = shanghaiDay(p.updatedAt);
    return days(changed, asOf) >= staleDays ? since(changed, asOf) : null;
  },
  started_not_registered: (p, asOf) =>
    p.startedOn !== null && isCounted('started', p, asOf) && !isCounted('registered', p, asOf)
      ? since(p.startedOn, asOf)
      : null,
  missing_investor: (p) => (p.investors.length === 0 ? missing('investorIds') : null),
  missing_industry: (p) => (p.industry === null ? missing('industry') : null),
  missing_region: (p) => (p.region === null ? missing('region') : null),
  missing_agreed_dates: (p, asOf) =>
    isOver(p, asOf)
      ? null
      : missing(
          ...(p.agreedStartOn === null ? ['agreedStartOn'] : []),
          ...(p.agreedProductionOn === null ? ['agreedProductionOn'] : []),
        ),
  estimated_over_a_year: (p, asOf) =>
    p.investmentEstimated && !isOver(p, asOf) && isOverAYear(p.signedOn, asOf)
      ? since(p.signedOn, asOf)
      : null,
};
