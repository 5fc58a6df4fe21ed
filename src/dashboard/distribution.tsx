/** A measure by industry, or by size of investment. */
import { pageOf, pathOf, selectionOf, useAddress } from './address.ts';
import type { Breakdown, BreakdownItem, Group } from './answers.ts';
import { Bars } from './bars.tsx';
import { Card, labelOf, useMeasure } from './card.tsx';
import { nameOf } from './language.ts';
import { useChosenMeasure } from './measure-choice.tsx';
import { linkBehind, magnitude, partsOf, valueIn, valueText } from './measures.ts';
import { useAnswer } from './service.ts';
import { Answered } from './states.tsx';
import { say, type Word } from './words.ts';

interface Props {
  id: string;
  dimension: string;
  title: Word;
  /** The codes of the groups, if they have an order of their own. */
  order?: readonly string[] | undefined;
}

export function Distribution({ id, dimension, title, order }: Props) {
  const measure = useChosenMeasure();
  const label = labelOf(useMeasure(measure));
  const path = pathOf('/v1/statistics/breakdown', selectionOf(useAddress()), {
    by: dimension,
    sort: `-${measure}`,
  });
  const shown = useAnswer<Breakdown>(path);
  return (
    <Card id={id} title={`${say(title)} · ${label}`} requests={[path]} explains={[measure]} file={path}>
      <Answered shown={shown}>
        {({ items: sorted }) => {
          const place = ({ groups }: BreakdownItem) =>
            order?.indexOf((groups[dimension] as Group).code ?? '') ?? 0;
          const items = sorted.toSorted((one, other) => place(one) - place(other));
          const most = Math.max(...items.map((item) => magnitude(valueIn(item, measure)) ?? 0));
          const bars = items.map((item) => {
            const group = item.groups[dimension] as Group;
            const value = valueIn(item, measure);
            const link = linkBehind(measure, item.links);
            return {
              key: group.code ?? 'none',
              name: nameOf(group) ?? say('none'),
              length: most > 0 ? (magnitude(value) ?? 0) / most : null,
              value: valueText(value),
              more: partsOf(value),
              href: link && pageOf(link),
            };
          });
          return <Bars bars={bars} caption={say(title)} heading={say(title)} value={label} />;
        }}
      </Answered>
    </Card>
  );
}
