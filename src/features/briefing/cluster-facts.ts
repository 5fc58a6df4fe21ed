/** Facts for a briefing about the best cluster of an event. */

import type { Language } from '../../core/languages.ts';
import type { clusterProgress } from '../clusters/service.ts';
import { ownDefinitions } from './definitions.ts';
import { countText, dayText } from './number-style.ts';
import type { EventCluster } from './repository.ts';
import { type Fact, figureFact, namedFact, nameIn, titledFact } from './wording.ts';

export type ClusterProgress = Awaited<ReturnType<typeof clusterProgress>>;
type Target = ClusterProgress['targets'][number];

export interface ClusterFinding {
  cluster: EventCluster;
  progress: ClusterProgress;
}

/** The rule by which it was chosen. */
export const clusterRule = {
  zh: '有成员随本届项目引入、或其龙头企业投资本届项目的集群中，该日在册成员企业最多的；数目相同的，取名称在前的。',
  en: 'Of the clusters with a member that came with a project of the event, or whose leader invests in one, the one with the most members on the day; ties go to the first by name.',
};

/**
 * The target whose term includes the day; of several, the first to end, then the first to start, then the
 * largest.
 */
const targetInForce = (targets: readonly Target[], asOf: string): Target | undefined =>
  targets
    .filter(({ from, by }) => from <= asOf && asOf <= by)
    .sort((a, b) => compare(a.by, b.by) || compare(a.from, b.from) || b.count - a.count)[0];

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function clusterFacts(
  { cluster, progress }: ClusterFinding,
  asOf: string,
  language: Language,
): [string, Fact][] {
  const { introduced, targets, links } = progress;
  const counted = (name: keyof typeof ownDefinitions, value: number, link: string): Fact =>
    figureFact(countText(value, language), value, {
      name,
      unit: 'enterprises',
      value,
      definition: ownDefinitions[name],
      link,
    });
  const dated = (name: keyof typeof ownDefinitions, day: string): Fact =>
    figureFact(dayText(day, language), 1, {
      name,
      unit: 'day',
      value: day,
      definition: ownDefinitions[name],
      link: links.self,
    });

  const facts: [string, Fact][] = [
    ['cluster', titledFact({ kind: 'cluster', link: links.cluster }, cluster, language)],
  ];
  if (introduced > 0) {
    facts.push(['cluster.introduced', counted('clusterIntroduced', introduced, links.introduced)]);
  }
  const { leader, leaderName, leaderNameEn } = cluster;
  if (leader !== null && leaderName !== null) {
    const printed = nameIn({ name: leaderName, nameEn: leaderNameEn }, language);
    const link = `/v1/enterprises/${leader}`;
    facts.push(['cluster.leader', namedFact({ kind: 'enterprise', printed, link })]);
  }
  const target = targetInForce(targets, asOf);
  if (target) {
    facts.push(['target.count', counted('targetCount', target.count, links.self)]);
    facts.push(['target.by', dated('targetBy', target.by)]);
    if (target.introduced > 0) {
      facts.push(['target.introduced', counted('targetIntroduced', target.introduced, links.self)]);
    }
  }
  return facts;
}
