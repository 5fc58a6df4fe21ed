/** Prefectures: as tiles in the colour of a measure, and as a ranking with the ranks of the month before. */
import { pageOf, pathOf, selectionOf, useAddress } from './address.ts';
import type { Breakdown, BreakdownItem, Group } from './answers.ts';
import { Bars } from './bars.tsx';
import { Card, labelOf, useMeasure } from './card.tsx';
import { monthEndBefore } from './days.ts';
import { nameOf } from './language.ts';
import { useChosenMeasure } from './measure-choice.tsx';
import { linkBehind, magnitude, partsOf, shortText, valueIn, valueText } from './measures.ts';
import { useAnswer } from './service.ts';
import { Answered } from './states.tsx';
import { placesAround, placesOf } from './tile-layout.ts';
import { say } from './words.ts';

const LIMIT = '500';
/** Steps of the colour scale, from light to dark (`style.css`). */
const STEPS = 6;

const groupOf = (item: BreakdownItem): Group => item.groups.region as Group;
const hasCode = (item: BreakdownItem): boolean => groupOf(item).code !== null;

const pathFor = (selection: URLSearchParams, measure: string, asOf?: string): string =>
  pathOf('/v1/statistics/breakdown', selection, {
    by: 'region',
    limit: LIMIT,
    sort: `-${measure}`,
    ...(asOf && { asOf }),
  });

/** Chinese names of prefectures without what all of them end in. */
const shortName = (group: Group): string =>
  (nameOf(group) ?? '').replace(/(土家族苗族)?自治州$|(市|地区)$/, '');

function usePlaces() {
  const measure = useChosenMeasure();
  const path = pathFor(selectionOf(useAddress()), measure);
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

/** Ranks by position; equal values share one. */
function ranksOf({ items }: Breakdown, measure: string): Map<string, number> {
  const ranks = new Map<string, number>();
  let last: { size: number | null; rank: number } | undefined;
  for (const [index, item] of items.filter(hasCode).entries()) {
    const size = magnitude(valueIn(item, measure));
    if (size === null) continue;
    last = { size, rank: last?.size === size ? last.rank : index + 1 };
    ranks.set(groupOf(item).code as string, last.rank);
  }
  return ranks;
}

function Rank({ now, before }: { now: number | undefined; before: number | undefined }) {
  const moved = now !== undefined && before !== undefined ? before - now : 0;
  const direction = moved > 0 ? 'up' : moved < 0 ? 'down' : 'same';
  const arrows = { up: '▲', down: '▼', same: '' };
  return (
    <>
      <b>{now ?? '–'}</b>
      <small class={direction} title={`${say('rankBefore')} ${before ?? '–'}`}>
        <span aria-hidden="true">
          {arrows[direction]}
          {moved !== 0 && Math.abs(moved)}
        </span>
        <span class="visually-hidden">
          {say('rankBefore')} {before ?? '–'}
        </span>
      </small>
    </>
  );
}

export function Ranking() {
  const { measure, path, shown } = usePlaces();
  const selection = selectionOf(useAddress());
  const label = labelOf(useMeasure(measure));
  const day = shown.answer?.asOf;
  const earlierPath = day === undefined ? null : pathFor(selection, measure, monthEndBefore(day));
  const earlier = useAnswer<Breakdown>(earlierPath);
  return (
    <Card
      id="ranking"
      title={`${say('ranking')} · ${label}`}
      requests={[path, ...(earlierPath ? [earlierPath] : [])]}
      explains={[measure]}
      file={path}
    >
      <Answered shown={shown}>
        {(answer) => {
          const ranks = ranksOf(answer, measure);
          const before = earlier.answer ? ranksOf(earlier.answer, measure) : new Map<string, number>();
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
              rank: <Rank now={ranks.get(code)} before={before.get(code)} />,
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
