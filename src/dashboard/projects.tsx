/** The projects behind a figure: a sortable table, page by page. */
import { hrefWith, MOVING, nothingSelected, pathOf, selectionOf, useAddress } from './address.ts';
import type { PageOf, Project, Quality } from './answers.ts';
import { Card } from './card.tsx';
import { capital, inLanguage, nameOf } from './language.ts';
import { NO_VALUE } from './measures.ts';
import { useNames, useNamesOf } from './names.ts';
import { amountText, countText } from './numbers.ts';
import { Scrolled } from './scrolled.tsx';
import { useAnswer } from './service.ts';
import { Answered, Empty } from './states.tsx';
import { say } from './words.ts';

const PAGE = '25';
const DEFAULT_SORT = '-signedOn';

/** The fields that are shown, and those by which the service sorts. */
const COLUMNS = [
  { field: 'code', sort: true },
  { field: 'name', sort: true },
  { field: 'region', sort: false },
  { field: 'industry', sort: false },
  { field: 'operatingStatus', sort: false },
  { field: 'investmentYuan', sort: true, isNumber: true },
  { field: 'fundsInPlaceYuan', sort: false, isNumber: true },
  { field: 'signedOn', sort: true },
  { field: 'startedOn', sort: true },
  { field: 'productionOn', sort: true },
] as const;

/** The cursors of earlier pages of this visit, by the cursor of the page after. */
const earlier = new Map<string, string | null>();

export function Status({ project }: { project: Project }) {
  const names = useNames();
  const name = names?.statuses[project.operatingStatus];
  return (
    <span class={`status ${project.operatingStatus}`}>
      {name ? capital(inLanguage(name)) : project.operatingStatus}
      {project.overdue.length > 0 && <b>{say('overdue')}</b>}
    </span>
  );
}

/** What is on record for later than the day of the page had not happened by then. */
function Dated({ day }: { day: string }) {
  const asOf = useAddress().get('asOf');
  return <span class={asOf !== null && day > asOf ? 'later' : undefined}>{day}</span>;
}

export function Projects() {
  const address = useAddress();
  const selection = selectionOf(address);
  const names = useNames();
  const nameOfRegion = useNamesOf('regions');
  const nameOfIndustry = useNamesOf('industries');
  const sort = address.get('sort') ?? DEFAULT_SORT;
  const cursor = address.get('cursor');
  const number = Number(address.get('page') ?? 1);
  const rule = address.get('rule');
  const list = rule === null ? '/v1/projects' : `/v1/quality/${encodeURIComponent(rule)}`;
  const path = pathOf(list, selection, { sort, limit: PAGE, cursor });
  const shown = useAnswer<PageOf<Project> & { asOf?: string }>(path);
  const rules = useAnswer<Quality>(rule === null ? null : pathOf('/v1/quality', selection)).answer;
  const ruleName = rules?.items.find(({ code }) => code === rule)?.label;
  const fields = names?.fields.projects;

  const cells = (project: Project, field: (typeof COLUMNS)[number]['field']) => {
    switch (field) {
      case 'name':
        return <a href={hrefWith({ view: 'project', project: project.id })}>{nameOf(project)}</a>;
      case 'region':
        return nameOfRegion(project.region);
      case 'industry':
        return nameOfIndustry(project.industry);
      case 'operatingStatus':
        return <Status project={project} />;
      case 'investmentYuan':
        return (
          <>
            {amountText(project.investmentYuan)}
            {project.investmentEstimated && <small> {say('estimated')}</small>}
          </>
        );
      case 'fundsInPlaceYuan':
        return project.fundsInPlaceYuan === 0 ? '' : amountText(project.fundsInPlaceYuan);
      case 'code':
        return <code>{project.code}</code>;
      default:
        return project[field] === null ? NO_VALUE : <Dated day={project[field] as string} />;
    }
  };

  const heading = ({ field, sort: isSortable, ...column }: (typeof COLUMNS)[number]) => {
    const isNumber = 'isNumber' in column;
    const label = fields?.[field] ? inLanguage(fields[field]) : field;
    const direction = sort === field ? 'ascending' : sort === `-${field}` ? 'descending' : undefined;
    const next = direction === 'descending' || (direction === undefined && !isNumber) ? field : `-${field}`;
    return (
      <th key={field} scope="col" class={isNumber ? 'number' : field} aria-sort={direction}>
        {isSortable ? (
          <a href={hrefWith({ sort: next, cursor: null, page: null })} title={say('sortBy')}>
            {label}
            <span aria-hidden="true">
              {direction === 'ascending' ? ' ↑' : direction === 'descending' ? ' ↓' : ''}
            </span>
          </a>
        ) : (
          label
        )}
      </th>
    );
  };

  const table = ({ items, page }: PageOf<Project>) => (
    <>
      <Scrolled of={say('projects')}>
        <table class="list projects">
          <thead>
            <tr>{COLUMNS.map(heading)}</tr>
          </thead>
          <tbody>
            {items.map((project) => (
              <tr key={project.id}>
                {COLUMNS.map(({ field, ...column }) => (
                  <td key={field} class={'isNumber' in column ? 'number' : field}>
                    {cells(project, field)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolled>
      <Pages
        next={page.nextCursor}
        cursor={cursor}
        number={number}
        total={Math.ceil(page.total / page.limit)}
      />
    </>
  );

  const total = shown.answer?.page.total;
  const count =
    total === undefined ? '' : say(total === 1 ? 'projectFound' : 'projectsFound', { n: countText(total) });
  const day = address.get('asOf');
  const ofTheList = { view: null, rule: null, sort: null, cursor: null, page: null };
  const back = hrefWith({ ...nothingSelected(address), event: address.getAll('event'), ...ofTheList });
  const moving = Object.fromEntries(MOVING.map((name) => [name, null]));
  return (
    <>
      <nav class="trail">
        <a href={back}>← {say('back')}</a>
        <a href={hrefWith({ ...moving, ...ofTheList })}>{say('overviewOfThese')}</a>
      </nav>
      <Card
        id="projects"
        isMain={true}
        title={ruleName ? capital(inLanguage(ruleName)) : say('projects')}
        note={[count, day && say('projectsBehind', { day })].filter(Boolean).join(' · ')}
        requests={[path]}
        hasPicture={false}
        {...(rule === null && { file: pathOf('/v1/projects', selection, { sort }) })}
      >
        <Answered shown={shown}>
          {(answer) => (answer.page.total === 0 ? <Empty hasData={true} /> : table(answer))}
        </Answered>
      </Card>
    </>
  );
}

interface PagesProps {
  next: string | null;
  cursor: string | null;
  number: number;
  total: number;
}

function Pages({ next, cursor, number, total }: PagesProps) {
  // While a page is fetched, the one before is still shown.
  if (next !== null && next !== cursor) earlier.set(next, cursor);
  const previous = cursor === null ? undefined : earlier.get(cursor);
  const first = hrefWith({ cursor: null, page: null });
  return (
    <nav class="pages" aria-label={say('pageNumber', { n: number })}>
      {cursor !== null && <a href={first}>{say('firstPage')}</a>}
      {previous !== undefined && (
        <a href={hrefWith({ cursor: previous, page: number > 2 ? String(number - 1) : null })}>
          {say('previousPage')}
        </a>
      )}
      <span>
        {say('pageNumber', { n: number })} / {countText(total)}
      </span>
      {next !== null && <a href={hrefWith({ cursor: next, page: String(number + 1) })}>{say('nextPage')}</a>}
    </nav>
  );
}
