/** The headline figures, with what they were a year before, or on another day. */
import { pageOf, pathOf, selectionOf, useAddress } from './address.ts';
import type { Summary } from './answers.ts';
import { Card, labelOf, useDefinitions } from './card.tsx';
import { comparedText } from './compare.tsx';
import {
  changeIn,
  changeText,
  differenceText,
  figureOf,
  linkBehind,
  NO_VALUE,
  partsOf,
  valueIn,
  valueText,
} from './measures.ts';
import { useAnswer } from './service.ts';
import { Answered, Empty } from './states.tsx';
import { say } from './words.ts';

export const HEADLINES = [
  'projectCount',
  'totalInvestment',
  'operatingRate',
  'productionRate',
  'fundsInPlace',
  'overdueStartCount',
];

const DEFAULT = 'previousYear';

export const summaryPath = (address: URLSearchParams): string =>
  pathOf('/v1/statistics/summary', selectionOf(address), {
    compareWith: address.get('compareWith') ?? DEFAULT,
  });

export function Headline() {
  const address = useAddress();
  const compareWith = address.get('compareWith');
  const definitions = useDefinitions();
  const path = summaryPath(address);
  const shown = useAnswer<Summary>(path);
  const one = (name: string, now: Summary) => {
    const value = valueIn(now, name);
    const change = changeIn(now, name);
    const figure = figureOf(value);
    const link = linkBehind(name, now.links);
    const label = labelOf(definitions?.measures.find((measure) => measure.name === name));
    const number = (
      <>
        <span class="visually-hidden">{label} </span>
        <span class="number">{figure?.text ?? NO_VALUE}</span>{' '}
        {figure && <span class="unit">{figure.unit}</span>}
      </>
    );
    return (
      <div class="figure" key={name} data-measure={name}>
        <dt>{label}</dt>
        <dd>
          {link && figure ? (
            <a href={pageOf(link)}>{number}</a>
          ) : (
            <span title={now.withheld && value === null ? say('withheldWhy') : undefined}>{number}</span>
          )}
          <span class="parts">{partsOf(value)}</span>
        </dd>
        <dd class="before" title={now.comparedWith?.asOf}>
          {change && change.previous !== null && (
            <>
              {comparedText(compareWith ?? DEFAULT)} {valueText(change.previous)}
              <b>
                {differenceText(value, change)}
                {compareWith && <small>{changeText(value, change)}</small>}
              </b>
            </>
          )}
        </dd>
      </div>
    );
  };
  return (
    <Card id="headline" title={say('headline')} requests={[path]} explains={HEADLINES} file={path}>
      <Answered shown={shown}>
        {(now) =>
          now.projectCount === 0 ? (
            <Empty hasData={false} />
          ) : (
            <dl class="figures">{HEADLINES.map((name) => one(name, now))}</dl>
          )
        }
      </Answered>
    </Card>
  );
}
