/** A part of the overview: its title, what is shown, and beside it its definition, requests and files. */
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { address, isPast } from './address.ts';
import type { Definition, Definitions, Links } from './answers.ts';
import { Copyable } from './copyable.tsx';
import { Icon } from './icons.tsx';
import { capital, inLanguage, language } from './language.ts';
import { pastText } from './past.tsx';
import { savePicture } from './picture.ts';
import { download, Refused, useAnswer, useKey } from './service.ts';
import { say } from './words.ts';

export const useDefinitions = (): Definitions | undefined =>
  useAnswer<Definitions>('/v1/statistics/definitions').answer;

export function useMeasure(name: string): Definition | undefined {
  return useDefinitions()?.measures.find((measure) => measure.name === name);
}

export const labelOf = (measure: Definition | undefined): string =>
  measure ? capital(inLanguage(measure.label)) : '';

interface Explained {
  label: string;
  sentence: string;
  formula?: string;
}

function Explanations({ of }: { of: readonly Explained[] }) {
  return (
    <dl class="explained">
      {of.map(({ label, sentence, formula }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            {sentence}
            {formula && <code>{formula}</code>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const curlOf = (url: string, held: string | null): string =>
  `curl ${held === null ? '' : '-H "Authorization: Bearer $KEY" '}'${url}'`;

function OneRequest({ path }: { path: string }) {
  const held = useKey();
  const { answer, isEarlier } = useAnswer<{ links?: Links }>(path);
  const permalink = isEarlier ? undefined : answer?.links?.permalink;
  const urlOf = (given: string) => new URL(given, location.origin).href;
  return (
    <div>
      <Copyable label={say('asCurl')} text={curlOf(urlOf(path), held)} />
      <Copyable label={say('asAddress')} text={urlOf(path)} />
      {permalink && <Copyable label={say('permalinkOfData')} text={urlOf(permalink)} />}
    </div>
  );
}

function Requests({ paths }: { paths: readonly string[] }) {
  return (
    <div class="requests">
      {paths.map((path) => (
        <OneRequest key={path} path={path} />
      ))}
      {useKey() !== null && <p class="soft">{say('curlKey')}</p>}
    </div>
  );
}

/** Under a picture: for which day and selection it is, and from where. */
function sourceOf(path: string): string {
  const day = address().get('asOf');
  const where = new URL(path, location.origin);
  return [
    day && `${say('asOf')} ${day}`,
    isPast() && say('asKnown', { when: pastText(address()) }),
    `${where.host}${decodeURIComponent(where.pathname + where.search)}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

interface Props {
  id: string;
  title: string;
  note?: string | undefined;
  /** The requests behind it, the main one first. */
  requests: readonly string[];
  /** Names of measures. */
  explains?: readonly string[];
  explained?: readonly Explained[];
  /** Path of its data as a workbook. */
  file?: string;
  /** Whether it is worth a picture. */
  hasPicture?: boolean;
  /** Drawn on a canvas, which also has a table. */
  table?: () => ComponentChildren;
  controls?: ComponentChildren;
  /** Whether its title is that of the page. */
  isMain?: boolean;
  children: ComponentChildren;
}

export function Card(props: Props) {
  const {
    id,
    title,
    note,
    requests,
    explains = [],
    explained = [],
    file,
    hasPicture = true,
    table,
    controls,
    isMain = false,
  } = props;
  const Title = isMain ? 'h1' : 'h2';
  const [panel, setPanel] = useState<'definition' | 'request' | null>(null);
  const [showsTable, setShowsTable] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const body = useRef<HTMLElement>(null);
  const definitions = useDefinitions();
  const terms = [
    ...explains
      .flatMap((name) => definitions?.measures.filter((measure) => measure.name === name) ?? [])
      .map((term) => ({
        label: labelOf(term),
        sentence: inLanguage(term.sentence),
        formula: term.formula,
      })),
    ...explained,
  ];
  const toggle = (name: 'definition' | 'request') => () => setPanel(panel === name ? null : name);
  const saveSheet = () => {
    setTrouble(null);
    const unit = language() === 'zh' ? 'yi' : 'yuan';
    const path = `${file}${file?.includes('?') ? '&' : '?'}format=xlsx&lang=${language()}&unit=${unit}`;
    download(path, `${id}.xlsx`).catch((error) =>
      setTrouble(error instanceof Refused ? (error.problem.detail ?? say('failed')) : say('failed')),
    );
  };
  const tool = (
    name: Parameters<typeof Icon>[0]['name'],
    label: string,
    onClick: () => void,
    pressed?: boolean,
  ) => (
    <button
      type="button"
      class="tool"
      aria-label={`${label}：${title}`}
      title={label}
      onClick={onClick}
      {...(name === 'definition' || name === 'request'
        ? { 'aria-expanded': pressed }
        : { 'aria-pressed': pressed })}
    >
      <Icon name={name} />
    </button>
  );
  return (
    <section class={`card ${id}`} id={id} aria-labelledby={`${id}-title`}>
      <header>
        <Title id={`${id}-title`}>
          {title}
          {note && <small>{note}</small>}
        </Title>
        <div class="controls">{controls}</div>
        <div class="tools" data-unpainted>
          {explains.length + explained.length > 0 &&
            tool('definition', say('definition'), toggle('definition'), panel === 'definition')}
          {tool('request', say('request'), toggle('request'), panel === 'request')}
          {table &&
            tool(
              'table',
              say(showsTable ? 'asChart' : 'asTable'),
              () => setShowsTable(!showsTable),
              showsTable,
            )}
          {hasPicture &&
            tool('picture', say('picture'), () => {
              if (body.current)
                void savePicture(body.current, title, sourceOf(requests[0] ?? ''), `${id}.png`);
            })}
          {file && tool('sheet', say('sheet'), saveSheet)}
        </div>
      </header>
      {trouble && (
        <p class="bad" role="alert">
          {trouble}
        </p>
      )}
      {panel === 'definition' && <Explanations of={terms} />}
      {panel === 'request' && <Requests paths={requests} />}
      <figure ref={body} aria-labelledby={`${id}-title`}>
        {showsTable && table ? table() : props.children}
      </figure>
    </section>
  );
}
