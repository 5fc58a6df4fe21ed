/** The press paragraph about an event, from the results of other services. */

import { existingEntry } from '../../catalogues/service.ts';
import type { Question, State } from '../../columns/questions.ts';
import type { ColumnStore } from '../../columns/store.ts';
import type { Language } from '../../core/languages.ts';
import type { Computed } from '../../http/answers.ts';
import { clusterProgress } from '../clusters/service.ts';
import { events } from '../events/schema.ts';
import { type Summarized, summarize } from '../figures/answers.ts';
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

const briefing: Question<{ code: string; asOf: string; language: Language }, Computed> = {
  name: 'briefing',
  answer: async (state, { code, asOf, language }) => {
    const event = (await existingEntry(state.reader, events, code)) as unknown as EventEntry;
    const findings = await find(state, event, asOf);
    const facts = factsFrom(findings, language);
    const said = sentences.flatMap((sentence) => say(sentence, facts, language) ?? []);
    const { revision } = state;
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
  },
};

/** All that the feature asks of columns. */
export const briefingQuestions = [briefing];

export const briefingService = (columns: Pick<ColumnStore, 'ask'>): BriefingService => ({
  of: (code, asOf, language) => columns.ask(briefing, { code, asOf, language }),
});

const isEmpty = ({ values }: Summarized): boolean => values.projectCount === 0;

async function find(state: State, event: EventEntry, asOf: string): Promise<Findings> {
  const { reader } = state;
  const summaries: Partial<Record<ScopeName, Summarized>> = {};
  for (const scope of Object.keys(scopes) as ScopeName[]) {
    const summary = await summarize(state, filterFor(event.code, scope), asOf);
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
  const outreach = await outreachOf(reader, event.code, asOf);
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
