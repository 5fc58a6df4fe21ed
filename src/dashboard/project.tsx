/** One project: its fields, its life on a line, its ledger, and who changed what. */
import { useState } from 'preact/hooks';
import { hrefWith, pastOf, pathOf, selectionOf, TO_THE_PRESENT, useAddress } from './address.ts';
import type { FundsEntry, LogEntry, PageOf, Project as Record_ } from './answers.ts';
import { Card } from './card.tsx';
import { numberOf } from './days.ts';
import { inLanguage, language, nameOf } from './language.ts';
import { NO_VALUE } from './measures.ts';
import { momentText } from './moments.ts';
import { useNames, useNamesOf } from './names.ts';
import { amountText, countText } from './numbers.ts';
import { useKnown } from './past.tsx';
import { plain } from './plain.ts';
import { Status } from './projects.tsx';
import { Scrolled } from './scrolled.tsx';
import { useAnswer } from './service.ts';
import { Answered } from './states.tsx';
import { say } from './words.ts';

/** A milestone, with the day that was agreed for it. */
const MILESTONES: readonly { actual: string; agreed?: string }[] = [
  { actual: 'signedOn' },
  { actual: 'registeredOn' },
  { actual: 'startedOn', agreed: 'agreedStartOn' },
  { actual: 'completedOn' },
  { actual: 'productionOn', agreed: 'agreedProductionOn' },
  { actual: 'suspendedOn' },
  { actual: 'resumedOn' },
  { actual: 'terminatedOn' },
];
/** Shown only if they happened. */
const RARE = ['suspendedOn', 'resumedOn', 'terminatedOn'];

const dayOf = (project: Record_, field: string | undefined): string | null =>
  (field === undefined ? null : project[field as 'signedOn']) ?? null;

function useFieldName(): (field: string) => string {
  const names = useNames();
  return (given) => {
    // The log has the ids of the investors.
    const field = given === 'investorIds' ? 'investors' : given;
    const name = names?.fields.projects?.[field] ?? names?.fields.funds?.[field];
    return name ? inLanguage(name) : field;
  };
}

function LifeLine({ project, asOf }: { project: Record_; asOf: string | null }) {
  const fieldName = useFieldName();
  const shown = MILESTONES.filter(({ actual }) => !RARE.includes(actual) || dayOf(project, actual) !== null);
  const days = shown.flatMap(({ actual, agreed }) => [dayOf(project, actual), dayOf(project, agreed)]);
  const numbers = [...days, asOf].filter((day) => day !== null).map(numberOf);
  const [from, to] = [Math.min(...numbers), Math.max(...numbers)];
  const left = (day: string) => `${to === from ? 0 : ((numberOf(day) - from) / (to - from)) * 100}%`;
  return (
    <ol class="life">
      {shown.map(({ actual, agreed }) => {
        const [done, promised] = [dayOf(project, actual), dayOf(project, agreed)];
        const isLate =
          promised !== null && (done === null ? asOf !== null && promised < asOf : done > promised);
        return (
          <li key={actual}>
            <span class="name">{fieldName(actual)}</span>
            <span class="when">
              {done ?? NO_VALUE}
              {promised && (
                <small class={isLate ? 'bad' : 'soft'}>
                  {say('agreed')} {promised}
                </small>
              )}
            </span>
            <span class="line" aria-hidden="true">
              {asOf && <i class="now" style={{ left: left(asOf) }} />}
              {promised && (
                <i class={`dot agreed${isLate ? ' late' : ''}`} style={{ left: left(promised) }} />
              )}
              {done && <i class={`dot${asOf && done > asOf ? ' later' : ''}`} style={{ left: left(done) }} />}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function Ledger({ id, asOf }: { id: string; asOf: string | null }) {
  const path = pathOf(`/v1/projects/${id}/funds`, pastOf(useAddress()), { limit: '500' });
  const fieldName = useFieldName();
  const shown = useAnswer<PageOf<FundsEntry>>(path);
  return (
    <Card id="ledger" title={say('ledger')} requests={[path]} hasPicture={false}>
      <Answered shown={shown}>
        {({ items }) => {
          let balance = 0;
          if (items.length === 0) return <p class="soft">{say('noFunds')}</p>;
          return (
            <Scrolled of={say('ledger')}>
              <table class="list">
                <thead>
                  <tr>
                    <th scope="col">{fieldName('receivedOn')}</th>
                    <th scope="col" class="number">
                      {fieldName('amountYuan')}
                    </th>
                    <th scope="col" class="number">
                      {say('balance')}
                    </th>
                    <th scope="col">{fieldName('note')}</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((entry) => {
                    balance += entry.amountYuan;
                    return (
                      <tr key={entry.id} class={asOf && entry.receivedOn > asOf ? 'later' : undefined}>
                        <td>{entry.receivedOn}</td>
                        <td class="number">{amountText(entry.amountYuan)}</td>
                        <td class="number">{amountText(balance)}</td>
                        <td>{entry.note}</td>
                      </tr>
                    );
                  })}
                </tbody>
              </table>
            </Scrolled>
          );
        }}
      </Answered>
    </Card>
  );
}

const ACTIONS: Readonly<Record<string, { zh: string; en: string }>> = {
  create: { zh: '新建', en: 'created' },
  change: { zh: '修改', en: 'changed' },
  archive: { zh: '归档', en: 'archived' },
  restore: { zh: '恢复', en: 'restored' },
  add_funds: { zh: '登记到位资金', en: 'added funds' },
};

const textOf = (field: string, value: unknown): string =>
  /Yuan$/.test(field) && typeof value === 'number' ? amountText(value) : plain(value);

const HISTORY_PAGE = 20;

function History({ id }: { id: string }) {
  const fieldName = useFieldName();
  const [limit, setLimit] = useState(HISTORY_PAGE);
  const path = `/v1/projects/${id}/history?limit=${limit}`;
  const shown = useAnswer<PageOf<LogEntry>>(path);
  const known = useKnown();
  const isLater = ({ seq }: LogEntry) => known !== undefined && seq > known.revision;
  /** An entry of the ledger is shown by its own fields. */
  const fieldsOf = ({ fields }: LogEntry) =>
    Object.entries(fields).flatMap(([field, { before, after }]) =>
      field === 'fundsEntry' && after !== null && typeof after === 'object'
        ? Object.entries(after).map(([part, value]) => ({ field: part, before: undefined, after: value }))
        : [{ field, before, after }],
    );
  return (
    <Card id="history" title={say('history')} requests={[path]} hasPicture={false}>
      <Answered shown={shown}>
        {({ items, page }) => (
          <>
            <ol class="changes">
              {items.map((entry) => (
                <li key={entry.seq} class={isLater(entry) ? 'later' : undefined}>
                  <p>
                    <time dateTime={entry.at}>{momentText(entry.at)}</time>
                    <b>{ACTIONS[entry.action] ? inLanguage(ACTIONS[entry.action] as never) : entry.action}</b>
                    <span>{entry.actor}</span>
                    <small>
                      {isLater(entry) && `${say('notKnownThen')} `}
                      <a
                        href={hrefWith({ ...TO_THE_PRESENT, revision: String(entry.seq) })}
                        title={say('asKnownAfter')}
                      >
                        #{entry.seq}
                      </a>
                    </small>
                  </p>
                  <ul>
                    {fieldsOf(entry)
                      .filter(
                        ({ field, after }) =>
                          field !== 'id' && !(after === null && entry.action === 'add_funds'),
                      )
                      .map(({ field, before, after }) => (
                        <li key={field}>
                          <span class="soft">{fieldName(field)}</span>{' '}
                          {entry.action === 'change' && (
                            <>
                              <del>
                                <span class="visually-hidden">{say('before')} </span>
                                {textOf(field, before)}
                              </del>
                              {' → '}
                            </>
                          )}
                          <ins>
                            {entry.action === 'change' && (
                              <span class="visually-hidden">{say('after')} </span>
                            )}
                            {textOf(field, after)}
                          </ins>
                        </li>
                      ))}
                  </ul>
                </li>
              ))}
            </ol>
            {page.nextCursor !== null && limit < 500 && (
              <button type="button" class="quiet" onClick={() => setLimit(Math.min(500, limit * 5))}>
                {say('olderChanges')} ({countText(page.total - items.length)})
              </button>
            )}
          </>
        )}
      </Answered>
    </Card>
  );
}

export function Project() {
  const address = useAddress();
  const id = encodeURIComponent(address.get('project') ?? '');
  const chosenDay = selectionOf(address).get('asOf');
  const newest = useAnswer<{ asOf: string }>('/v1/statistics/breakdown?by=event').answer?.asOf ?? null;
  const asOf = chosenDay ?? newest;
  const path = pathOf(`/v1/projects/${id}`, pastOf(address), { asOf: chosenDay });
  const shown = useAnswer<Record_>(path);
  const names = useNames();
  const fieldName = useFieldName();
  const events = useNamesOf('events');
  const regions = useNamesOf('regions');
  const zones = useNamesOf('zones');
  const industries = useNamesOf('industries');
  const facts = (project: Record_): [string, string][] => {
    const { contractedFundsYuan: contracted, level } = project;
    const all: [string, string][] = [
      ['event', events(project.event)],
      ['level', names?.levels[level] ? inLanguage(names.levels[level]) : level],
      ['region', regions(project.region)],
      ['zone', zones(project.zone)],
      ['industry', industries(project.industry)],
      ['investors', project.investors.map(({ name }) => name).join(language() === 'zh' ? '、' : ', ')],
      ['owner', project.owner ?? ''],
      [
        'investmentYuan',
        amountText(project.investmentYuan) + (project.investmentEstimated ? `（${say('estimated')}）` : ''),
      ],
      ['contractedFundsYuan', contracted === null ? '' : amountText(contracted)],
      ['fundsInPlaceYuan', amountText(project.fundsInPlaceYuan)],
      ['description', project.description ?? ''],
      ['note', project.note ?? ''],
    ];
    return all.filter(([, text]) => text !== '');
  };
  return (
    <>
      <nav class="trail">
        <a href={hrefWith({ view: 'projects', project: null })}>← {say('backToList')}</a>
      </nav>
      <Answered shown={shown}>
        {(project) => (
          <>
            <div class="project-head">
              <h1>{nameOf(project)}</h1>
              <p>
                <code>{project.code}</code> <Status project={project} />
              </p>
            </div>
            <div class="grid">
              <Card id="life" title={say('lifeLine')} requests={[path]}>
                <LifeLine project={project} asOf={asOf} />
              </Card>
              <Card id="facts" title={say('facts')} requests={[path]} hasPicture={false}>
                <dl class="facts">
                  {facts(project).map(([field, text]) => (
                    <div key={field}>
                      <dt>{fieldName(field)}</dt>
                      <dd>{text}</dd>
                    </div>
                  ))}
                </dl>
              </Card>
              <Ledger id={id} asOf={asOf} />
              <History id={id} />
            </div>
          </>
        )}
      </Answered>
    </>
  );
}
