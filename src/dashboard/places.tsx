/** Prefectures: as tiles in the colour of a measure, and as a ranking with the ranks of an earlier day. */
import { pageOf, pathOf, selectionOf, useAddress } from './address.ts';
import type { Breakdown, BreakdownItem, Group, Value } from './answers.ts';
import { Bars } from './bars.tsx';
import { Card, labelOf, useMeasure } from './card.tsx';
import { comparedText } from './compare.tsx';
import { monthEndBefore } from './days.ts';
import { nameOf } from './language.ts';
import { useChosenMeasure } from './measure-choice.tsx';
import { changeIn, linkBehind, magnitude, partsOf, shortText, valueIn, valueText } from './measures.ts';
import { useAnswer } from './service.ts';
import { Answered } from './states.tsx';
import { placesAround, placesOf } from './tile-layout.ts';
import { say } from './words.ts';

const LIMIT = '500';
/** Steps of the colour scale, from light to dark (`style.css`). */
const STEPS = 6;

const groupOf = (item: BreakdownItem): Group => item.groups.region as Group;
const hasCode = (item: BreakdownItem): boolean => groupOf(item).code !== null;

const pathFor = (selection: URLSearchParams, measure: string, compareWith: string | null): string =>
  pathOf('/v1/statistics/breakdown', selection, {
    by: 'region',
    limit: LIMIT,
    sort: `-${measure}`,
    compareWith,
  });

/** Chinese names of prefectures without what all of them end in. */
const shortName = (group: Group): string =>
  (nameOf(group) ?? '').replace(/(土家族苗族)?自治州$|(市|地区)$/, '');

function usePlaces() {
  const measure = useChosenMeasure();
  const path = pathFor(selectionOf(useAddress()), measure, null);
  return { measure, path, shown: useAnswer<Breakdown>(path) };
}

export function Tiles() {
  const { measure, path, shown } = usePlaces();
  const label = labelOf(useMeasure(measure));
  const tiles = (answer: Breakdown) => {
    const items = new Map(answer.items.filter(hasCode).map((item) => [groupOf(item).code as string, item]));
    const sizes = [...items.values()]
      .map((item) => magnitude(valueIn(item, measure)))
      .filter((size) => size !== null);
    const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
    const step = (size: number | null) => {
      if (size === null) return 'none';
      return most === least ? STEPS - 1 : Math.round(((size - least) / (most - least)) * (STEPS - 1));
    };
    const places = placesOf(placesAround([...items.keys()]));
    return (
      <>
        <ul class="tiles">
          {[...places].map(([code, [column, row]]) => {
            const item = items.get(code);
            if (!item)
              return (
                <li key={code} class="empty" style={{ gridArea: `${row} / ${column}` }} aria-hidden="true" />
              );
            const value = valueIn(item, measure);
            const link = linkBehind(measure, item.links);
            const content = (
              <>
                <span>{shortName(groupOf(item))}</span>
                <b title={valueText(value)}>{shortText(value)}</b>
              </>
            );
            return (
              <li
                key={code}
                class={`step-${step(magnitude(value))}`}
                style={{ gridArea: `${row} / ${column}` }}
                data-region={code}
              >
                {link ? <a href={pageOf(link)}>{content}</a> : <div>{content}</div>}
              </li>
            );
          })}
        </ul>
        <p class="scale">
          <span>{say('placesNote')}</span>
          {say('low')}
          {Array.from({ length: STEPS }, (_, index) => (
            <i key={index} class={`step-${index}`} />
          ))}
          {say('high')}
        </p>
      </>
    );
  };
  return (
    <Card
      id="places"
      title={`${say('places')} · ${label}`}
      requests={[path]}
      explains={[measure]}
      file={path}
    >
      <Answered shown={shown}>{tiles}</Answered>
    </Card>
  );
}

/** Ranks among the prefectures; equal values share one. Projects without any take no place here. */
function ranksOf({ items }: Breakdown, of: (item: BreakdownItem) => Value): Map<string, number> {
  const sizes = items
    .filter(hasCode)
    .map((item) => [groupOf(item).code as string, magnitude(of(item))] as const)
    .filter((one): one is [string, number] => one[1] !== null);
  return new Map(sizes.map(([code, size]) => [code, 1 + sizes.filter(([, other]) => other > size).length]));
}

/** Without projects on the day compared with, there was no rank. */
const valueBefore = (item: BreakdownItem, measure: string): Value =>
  changeIn(item, 'projectCount')?.previous === 0 ? null : (changeIn(item, measure)?.previous ?? null);

interface RankProps {
  now: number | undefined;
  before: number | undefined;
  /** What the day of the rank before is called. */
  when: string;
  /** Whether the rank before is shown, too. */
  isCompared: boolean;
}

function Rank({ now, before, when, isCompared }: RankProps) {
  const moved = now !== undefined && before !== undefined ? before - now : 0;
  const direction = moved > 0 ? 'up' : moved < 0 ? 'down' : 'same';
  const arrows = { up: '▲', down: '▼', same: '' };
  const earlier = `${say('rankBefore', { when })} ${before ?? '–'}`;
  return (
    <>
      <b>{now ?? '–'}</b>
      <small class={direction} title={earlier}>
        <span aria-hidden="true">
          {arrows[direction]}
          {moved !== 0 && Math.abs(moved)}
        </span>
        <span class="visually-hidden">{earlier}</span>
      </small>
      {isCompared && (
        <small class="was" aria-hidden="true">
          {say('rankWas', { n: before ?? '–' })}
        </small>
      )}
    </>
  );
}

export function Ranking() {
  const { measure, path, shown } = usePlaces();
  const address = useAddress();
  const label = labelOf(useMeasure(measure));
  const day = shown.answer?.asOf;
  const chosen = address.get('compareWith');
  const compareWith = chosen ?? (day ? monthEndBefore(day) : null);
  const comparedPath = compareWith === null ? null : pathFor(selectionOf(address), measure, compareWith);
  const compared = useAnswer<Breakdown>(comparedPath);
  const when = chosen ? comparedText(chosen) : say('lastMonth');
  return (
    <Card
      id="ranking"
      title={`${say('ranking')} · ${label}`}
      requests={[path, ...(comparedPath ? [comparedPath] : [])]}
      explains={[measure]}
      file={path}
    >
      <Answered shown={shown}>
        {(answer) => {
          const ranks = ranksOf(answer, (item) => valueIn(item, measure));
          const before = compared.answer && ranksOf(compared.answer, (item) => valueBefore(item, measure));
          const items = answer.items.filter(hasCode);
          const most = Math.max(...items.map((item) => magnitude(valueIn(item, measure)) ?? 0));
          const bars = items.map((item) => {
            const group = groupOf(item);
            const code = group.code as string;
            const value = valueIn(item, measure);
            const link = linkBehind(measure, item.links);
            return {
              key: code,
              name: shortName(group),
              length: most > 0 ? (magnitude(value) ?? 0) / most : null,
              value: valueText(value),
              more: partsOf(value),
              href: link && pageOf(link),
              rank: (
                <Rank
                  now={ranks.get(code)}
                  before={before?.get(code)}
                  when={when}
                  isCompared={chosen !== null}
                />
              ),
            };
          });
          return (
            <Bars
              bars={bars}
              caption={say('ranking')}
              heading={say('places')}
              value={label}
              rank={say('rank')}
            />
          );
        }}
      </Answered>
    </Card>
  );
}
