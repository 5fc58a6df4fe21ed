/** The filter bar: what is selected, and for which day. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { nothingSelected, PAST, pathOf, select, selectionOf, useAddress, withoutMoving } from './address.ts';
import type { Breakdown, PageOf, Project } from './answers.ts';
import { labelOf, useDefinitions } from './card.tsx';
import { CompareWith } from './compare.tsx';
import { DayField } from './day-field.tsx';
import { dayAt, isDay, numberOf } from './days.ts';
import { capital, inLanguage, nameOf } from './language.ts';
import { useNames } from './names.ts';
import { countText } from './numbers.ts';
import { KnownAt } from './past.tsx';
import { Permalinks } from './permalinks.tsx';
import { useAnswer } from './service.ts';
import { say } from './words.ts';

const DIMENSIONS = ['event', 'region', 'zone', 'industry', 'level', 'investmentBand'];

const LIMIT = '500';

function Dimension({ name }: { name: string }) {
  const selection = selectionOf(useAddress());
  const definitions = useDefinitions();
  const order = useNames()?.investmentBands;
  const chosen = selection.getAll(name).flatMap((value) => value.split(','));
  const others = withoutMoving(selection);
  others.delete(name);
  const { answer } = useAnswer<Breakdown>(
    pathOf('/v1/statistics/breakdown', others, { by: name, sort: name, limit: LIMIT }),
  );
  const place = (code: string | null) => (name === 'investmentBand' ? (order?.indexOf(code ?? '') ?? 0) : 0);
  const groups = (answer?.items ?? [])
    .map(({ groups, projectCount }) => ({ group: groups[name], count: projectCount as number | null }))
    .toSorted((one, other) => place(one.group?.code ?? null) - place(other.group?.code ?? null));
  const label = definitions?.dimensions.find((dimension) => dimension.name === name)?.label;
  const value = chosen.length > 1 ? chosen.join() : (chosen[0] ?? '');
  const isListed = groups.some(({ group }) => (group?.code ?? 'none') === value);
  return (
    <label class={value === '' ? undefined : 'chosen'}>
      <span>{label ? capital(inLanguage(label)) : ''}</span>
      <select
        data-filter={name}
        value={value}
        onChange={({ currentTarget }) => select({ [name]: currentTarget.value || null })}
      >
        <option value="">{say('all')}</option>
        {value !== '' && !isListed && (
          <option value={value}>{chosen.length > 1 ? say('several') : value}</option>
        )}
        {groups.map(({ group, count }) => (
          <option key={group?.code ?? 'none'} value={group?.code ?? 'none'}>
            {(group && nameOf(group)) ?? say('none')}
            {count !== null && ` (${countText(count)})`}
          </option>
        ))}
      </select>
    </label>
  );
}

function Search() {
  const given = useAddress().get('q') ?? '';
  return (
    <search>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const field = (event.currentTarget as HTMLFormElement).elements.namedItem('q') as HTMLInputElement;
          select({ q: field.value.trim() || null });
        }}
      >
        <label class={given === '' ? undefined : 'chosen'}>
          <span>{say('search')}</span>
          <input key={given} type="search" name="q" defaultValue={given} placeholder={say('searchHint')} />
        </label>
      </form>
    </search>
  );
}

/** While the slider moves, the figures follow after this time. */
const SETTLE_MS = 120;

/** Without a day the service answers for today, in its time zone. */
const useToday = (): string | undefined =>
  useAnswer<Breakdown>('/v1/statistics/breakdown?by=event').answer?.asOf;

function Day() {
  const address = useAddress();
  const selection = withoutMoving(selectionOf(address));
  const given = address.get('asOf');
  const newest = useToday();
  selection.delete('asOf');
  const { answer } = useAnswer<PageOf<Project>>(
    pathOf('/v1/projects', selection, { sort: 'signedOn', limit: '1', fields: 'signedOn' }),
  );
  const first = answer?.items[0]?.signedOn;
  const day = given && isDay(given) ? given : newest;
  const [moving, setMoving] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  if (!day || !newest) return <div class="day" />;
  const show = (chosen: string, isFinal: boolean) => {
    clearTimeout(timer.current);
    const apply = () => {
      setMoving(null);
      select({ asOf: chosen === newest ? null : chosen }, { replace: !isFinal });
    };
    if (isFinal) return apply();
    setMoving(chosen);
    timer.current = setTimeout(apply, SETTLE_MS);
  };
  const shown = moving ?? day;
  return (
    <div class="day">
      <DayField
        label={say('asOf')}
        value={shown}
        max={newest}
        isTitled={true}
        onChoose={(chosen) => show(chosen, true)}
      />
      {first && first < newest && (
        <label class="slider">
          <span class="visually-hidden">{say('asOf')}</span>
          <input
            type="range"
            min={numberOf(first)}
            max={numberOf(newest)}
            value={numberOf(shown)}
            aria-valuetext={shown}
            onInput={({ currentTarget: { value } }) => show(dayAt(Number(value)), false)}
          />
          <span class="ends" aria-hidden="true">
            <span>{first}</span>
            <span>{newest}</span>
          </span>
        </label>
      )}
      <button type="button" class="quiet" disabled={given === null} onClick={() => select({ asOf: null })}>
        {say('today')}
      </button>
    </div>
  );
}

/** What is selected beyond the choices above, such as by a link: each can be removed. */
function Others() {
  const address = useAddress();
  const selection = selectionOf(address);
  const definitions = useDefinitions();
  const names = useNames();
  const shown = [...new Set(selection.keys())].filter(
    (name) => ![...DIMENSIONS, ...PAST, 'asOf', 'q'].includes(name),
  );
  const labelFor = (name: string) => {
    const measure = definitions?.measures.find((one) => one.name === `${name}Count`);
    if (measure) return labelOf(measure);
    const dimension = definitions?.dimensions.find((one) => one.parameter === name);
    if (dimension) return capital(inLanguage(dimension.label));
    const [, field, end] = /^(signed|started|production)(From|To)$/.exec(name) ?? [];
    const heading = field && names?.fields.projects?.[`${field}On`];
    return heading ? `${inLanguage(heading)} ${end === 'From' ? '≥' : '≤'}` : name;
  };
  const isSelected = Object.keys(nothingSelected(address)).length > 0;
  if (!isSelected) return null;
  return (
    <div class="others">
      {shown.map((name) => {
        const value = selection.getAll(name).join();
        return (
          <button key={name} type="button" class="chip" onClick={() => select({ [name]: null })}>
            {labelFor(name)}
            {value !== 'true' && ` ${value}`}
            <span aria-hidden="true"> ×</span>
            <span class="visually-hidden"> {say('clear')}</span>
          </button>
        );
      })}
      <button type="button" class="quiet" onClick={() => select({ ...nothingSelected(address), rule: null })}>
        {say('clear')}
      </button>
    </div>
  );
}

/** From what the page is told, what it is compared with, and how to show the same again. */
function Telling() {
  const given = useAddress().get('asOf');
  const today = useToday();
  const [showsLinks, setShowsLinks] = useState(false);
  return (
    <>
      {today && (
        <div class="telling">
          <KnownAt today={today} />
          <CompareWith day={given && isDay(given) ? given : today} today={today} />
          <button
            type="button"
            class="quiet"
            aria-expanded={showsLinks}
            onClick={() => setShowsLinks(!showsLinks)}
          >
            {say('permalinks')}
          </button>
        </div>
      )}
      {showsLinks && <Permalinks />}
    </>
  );
}

export function Filters() {
  return (
    <section class="filters" aria-label={say('filters')}>
      <div class="choices">
        {DIMENSIONS.map((name) => (
          <Dimension key={name} name={name} />
        ))}
        <Search />
      </div>
      <div class="when">
        <Day />
        <Others />
      </div>
      <Telling />
    </section>
  );
}
