/** The services that answer about the data: of the present, or of a state of the past. */
import type { FastifyRequest } from 'fastify';
import type { Catalogue, CatalogueEntity } from './catalogues/catalogue.ts';
import { type CatalogueService, catalogueService } from './catalogues/service.ts';
import type { Question, State } from './columns/questions.ts';
import type { ColumnStore } from './columns/store.ts';
import { type Calendar, clockIn } from './core/clock.ts';
import type { Database } from './database/database.ts';
import { revisionIn } from './database/revision.ts';
import { briefingService } from './features/briefing/service.ts';
import { clusterService } from './features/clusters/service.ts';
import { statisticsService } from './features/figures/service.ts';
import { outreachFigures } from './features/outreach/figures.ts';
import { outreachService } from './features/outreach/service.ts';
import { projectService } from './features/projects/service.ts';
import { publishedService } from './features/published/service.ts';
import { qualityService } from './features/quality/service.ts';
import type { AsKnown } from './http/known.ts';

type Columns = Pick<ColumnStore, 'ask' | 'askIfFilled'>;

interface Sources {
  database: Database;
  columns: Columns;
  clock: Calendar;
  catalogues: readonly Catalogue[];
}

/** Those that only ask columns when they read. */
const figureServicesOf = ({ columns, clock }: Pick<Sources, 'columns' | 'clock'>) => ({
  statistics: statisticsService(columns, outreachFigures),
  quality: qualityService(columns, clock),
  briefing: briefingService(columns),
});

export function servicesOf({ catalogues, ...sources }: Sources) {
  const { database, columns, clock } = sources;
  const service = { database, clock };
  return {
    ...figureServicesOf(sources),
    projects: projectService(service, columns),
    outreach: outreachService(service),
    clusters: clusterService(service),
    published: publishedService(service, columns),
    /** @param parent if its entries are nested */
    catalogue: (entity: CatalogueEntity, parent: string | undefined): CatalogueService =>
      catalogueService(
        service,
        catalogues.find((catalogue) => catalogue.entity === entity) as Catalogue,
        parent,
      ),
  };
}

type FigureServices = ReturnType<typeof figureServicesOf>;
export type Services = ReturnType<typeof servicesOf>;

interface Asked {
  service: keyof Services;
  /** What chooses the service among those of the name. */
  of: readonly unknown[];
  method: string;
  args: readonly unknown[];
  milliseconds: number;
  timeZone: string;
}

/** Asks a service of a state, instead of the present. */
export const inState = (catalogues: readonly Catalogue[]): Question<Asked, unknown> => ({
  name: 'services',
  answer: async (state, { service, of, method, args, milliseconds, timeZone }) => {
    const services = servicesOf({
      database: frozen(state),
      columns: {
        ask: (question, input) => question.answer(state, input),
        askIfFilled: (question, input) => question.answer(state, input),
      },
      clock: clockIn(timeZone, () => milliseconds),
      catalogues,
    }) as unknown as Record<string, object | ((...of: readonly unknown[]) => object)>;
    const named = services[service];
    const one = typeof named === 'function' ? named(...of) : named;
    return (one as Record<string, (...args: readonly unknown[]) => unknown>)[method]?.(...args);
  },
});

/** A state as a database, in which nothing can be written. */
function frozen({ reader }: State): Database {
  const refuse = (): never => {
    throw new Error('Nothing can be written in the past.');
  };
  const read: Database['snapshot'] = (work) => work(reader);
  return {
    read: reader,
    revision: () => revisionIn(reader),
    snapshot: read,
    analyze: read,
    page: read,
    streams: 0,
    stream: refuse,
    write: refuse,
    load: refuse,
    loadHere: refuse,
    check: async () => {},
    integrity: refuse,
    metrics: () => [],
    close: async () => {},
  };
}

/** @param services those of the present */
export function asKnown(
  services: Services,
  { columns, clock }: Pick<Sources, 'columns' | 'clock'>,
  question: ReturnType<typeof inState>,
) {
  const past = (service: keyof Services, seq: number, of: readonly unknown[]): object =>
    new Proxy(
      {},
      {
        get:
          (_, method: string) =>
          (...args: readonly unknown[]) =>
            columns.ask(
              question,
              {
                service,
                of,
                method,
                args,
                milliseconds: clock.milliseconds(),
                timeZone: clock.timeZone,
              },
              seq,
            ),
      },
    );
  const figuresAt = (seq: number) => {
    const ask: Columns['ask'] = (question, input) => columns.ask(question, input, seq);
    return figureServicesOf({ columns: { ask, askIfFilled: ask }, clock });
  };
  return {
    figures:
      <Name extends keyof FigureServices>(name: Name): AsKnown<FigureServices[Name]> =>
      ({ known }) =>
        known ? figuresAt(known.seq)[name] : services[name],
    records:
      <Name extends 'projects' | 'outreach' | 'clusters' | 'published'>(
        name: Name,
      ): AsKnown<Services[Name]> =>
      ({ known }) =>
        known ? (past(name, known.seq, []) as Services[Name]) : services[name],
    catalogue:
      (entity: CatalogueEntity) =>
      ({ known }: FastifyRequest, parent: string | undefined): CatalogueService =>
        known
          ? (past('catalogue', known.seq, [entity, parent]) as CatalogueService)
          : services.catalogue(entity, parent),
  };
}
