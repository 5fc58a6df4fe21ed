/** The press paragraph about an event, from the results of other services. */

import { catalogueWrites } from '../../catalogues/writes.ts';
import type { Clock } from '../../core/clock.ts';
import type { Language } from '../../core/languages.ts';
import type { Database, Reader } from '../../database/database.ts';
import { revisionIn } from '../../database/revision.ts';
import type { Computed } from '../../http/answers.ts';
import { clusterProgress } from '../clusters/service.ts';
import { events } from '../events/schema.ts';
import { type Summarized, summarize } from '../figures/service.ts';
import { outreachOf } from '../outreach/service.ts';
import { select } from '../projects/filter.ts';
import { clusterRule } from './cluster-facts.ts';
import {
  type EventEntry,
  type Findings,
  factsFrom,
  filterFor,
  projectLink,
  type ScopeName,
  scopes,
} from './facts.ts';
import { type HighlightName, highlights } from './highlights.ts';
import * as repository from './repository.ts';
import { sentences } from './sentences.ts';
import { paragraphOf, say } from './wording.ts';

export interface BriefingService {
  /**
   * The briefing for an event on a day, in one language, from one snapshot.
   * @throws Problem 404 if the event does not exist, 422 if a sum is too large to be exact
   */
  of(event: string, asOf: string, language: Language): Promise<Computed>;
}

export function briefingService({ database, clock }: { database: Database; clock: Clock }): BriefingService {
  return {
    of: (code, asOf, language) =>
      database.analyze(async (reader) => {
        const event = (await catalogueWrites(events, clock).existing(reader, code)) as unknown as EventEntry;
        const findings = await find(reader, clock, event, asOf);
        const facts = factsFrom(findings, language);
        const said = sentences.flatMap((sentence) => say(sentence, facts, language) ?? []);
        const revision = await revisionIn(reader);
        const body = {
          asOf,
          revision: revision.seq,
          event: { code, name: event.name, nameEn: event.nameEn },
          language,
          text: paragraphOf(said, language),
          sentences: said,
          highlights: highlightsIn(findings),
          links: {
            self: `/v1/events/${code}/briefing?asOf=${asOf}&lang=${language}`,
            summary: findings.summaries.all?.links.self,
          },
        };
        return { revision, body };
      }),
  };
}

const isEmpty = ({ values }: Summarized): boolean => values.projectCount === 0;

async function find(reader: Reader, clock: Clock, event: EventEntry, asOf: string): Promise<Findings> {
  const summaries: Partial<Record<ScopeName, Summarized>> = {};
  for (const scope of Object.keys(scopes) as ScopeName[]) {
    const summary = await summarize(reader, filterFor(event.code, scope), asOf);
    summaries[scope] = summary;
    // If there are no projects, there are no parts either. `all` comes first.
    if (scope === 'all' && isEmpty(summary)) break;
  }
  const highlighted = {} as Record<HighlightName, readonly repository.HighlightedProject[]>;
  for (const name of Object.keys(highlights) as HighlightName[]) {
    highlighted[name] = await repository.highlighted(
      reader,
      name,
      select(filterFor(event.code, 'all'), asOf),
    );
  }
  const outreach = await outreachOf(reader, clock, event.code, asOf);
  const best = await repository.bestCluster(reader, event.code, asOf);
  const cluster = best && {
    cluster: best,
    progress: await clusterProgress(reader, best.id, asOf),
  };
  return { asOf, event, summaries, highlighted, outreach, cluster };
}

function highlightsIn({ asOf, highlighted, cluster }: Findings) {
  const chosen = Object.entries(highlighted)
    .filter(([, projects]) => projects.length > 0)
    .map(([name, projects]) => ({
      code: name,
      rule: highlights[name as HighlightName].rule as { zh: string; en: string },
      items: projects.map((project) => ({
        kind: 'project',
        code: project.code as string | null,
        name: project.name,
        nameEn: project.nameEn,
        link: projectLink(project, asOf),
      })),
    }));
  if (cluster) {
    const { name, nameEn } = cluster.cluster;
    const link = cluster.progress.links.self;
    chosen.push({
      code: 'cluster',
      rule: clusterRule,
      items: [{ kind: 'cluster', code: null, name, nameEn, link }],
    });
  }
  return chosen;
}
