/** The headline figures, with what they were a year before. */
import { pageOf, pathOf, selectionOf, useAddress } from './address.ts';
import type { Summary } from './answers.ts';
import { Card, labelOf, useDefinitions } from './card.tsx';
import { yearBefore } from './days.ts';
import { differenceText, figureOf, linkBehind, NO_VALUE, partsOf, valueIn, valueText } from './measures.ts';
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

export const summaryPath = (selection: URLSearchParams): string =>
  pathOf('/v1/statistics/summary', selection);

export function Headline() {
  const selection = selectionOf(useAddress());
  const definitions = useDefinitions();
  const path = summaryPath(selection);
  const shown = useAnswer<Summary>(path);
  const day = shown.answer?.asOf;
  const earlierPath =
    day === undefined ? null : pathOf('/v1/statistics/summary', selection, { asOf: yearBefore(day) });
  const earlier = useAnswer<Summary>(earlierPath);
  const one = (name: string, now: Summary) => {
    const value = valueIn(now, name);
    const before = earlier.answer && !earlier.isEarlier ? valueIn(earlier.answer, name) : null;
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
    const difference = differenceText(value, before);
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
        <dd class="before">
          {before !== null && (
            <>
              {say('yearBefore')} {valueText(before)}
              {difference && <b>{difference}</b>}
            </>
          )}
        </dd>
      </div>
    );
  };
  return (
    <Card
      id="headline"
      title={say('headline')}
      requests={[path, ...(earlierPath ? [earlierPath] : [])]}
      explains={HEADLINES}
      file={path}
    >
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
