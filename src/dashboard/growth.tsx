/** How the figures grew: in total at the end of each month, or within each month. */
import type { EChartsCoreOption } from 'echarts/core';
import { change, go, pageOf, pathOf, selectionOf, useAddress } from './address.ts';
import type { Period, Timeline, Value } from './answers.ts';
import { Card, labelOf, useDefinitions } from './card.tsx';
import { Chart, type Picked, type Theme } from './chart.tsx';
import { magnitude, valueText } from './measures.ts';
import { amountText, countText, shortAmount } from './numbers.ts';
import { Scrolled } from './scrolled.tsx';
import { useAnswer } from './service.ts';
import { Answered, Empty } from './states.tsx';
import { Switch } from './switch.tsx';
import { say } from './words.ts';

interface Series {
  field: string;
  /** Whose label it has; the number of signed projects has none. */
  measure: string | null;
  /** The parameter that selects the projects up to a day. */
  flag: string | null;
  /** The parameters that select those within a period start with this. */
  within: string | null;
}

const COUNTS: readonly Series[] = [
  { field: 'signedCount', measure: null, flag: null, within: 'signed' },
  { field: 'startedCount', measure: 'startedCount', flag: 'started', within: 'started' },
  { field: 'inProductionCount', measure: 'inProductionCount', flag: 'inProduction', within: 'production' },
];
const AMOUNTS: readonly Series[] = [
  { field: 'investment', measure: 'totalInvestment', flag: null, within: 'signed' },
  { field: 'fundsInPlace', measure: 'fundsInPlace', flag: null, within: null },
];

export function Growth() {
  const address = useAddress();
  const selection = selectionOf(address);
  const definitions = useDefinitions();
  const isMonthly = address.get('growth') === 'month';
  const hasAmounts = address.has('amounts');
  const series = hasAmounts ? AMOUNTS : COUNTS;
  const path = pathOf('/v1/statistics/timeline', selection, { interval: 'month' });
  const shown = useAnswer<Timeline>(path);

  const nameOf = ({ measure }: Series) =>
    measure === null
      ? say('signedProjects')
      : labelOf(definitions?.measures.find(({ name }) => name === measure));
  const valueIn = (period: Period, { field }: Series): Value =>
    (isMonthly ? period.during : period.cumulative)[field] ?? null;

  /** The projects behind a value. */
  const hrefOf = ({ from, to }: Period, { flag, within }: Series, last: string): string | undefined => {
    const asOf = to < last ? to : last;
    if (!isMonthly)
      return pageOf(pathOf('/v1/projects', selection, { asOf, ...(flag && { [flag]: 'true' }) }));
    if (within === null) return undefined;
    return pageOf(pathOf('/v1/projects', selection, { asOf, [`${within}From`]: from, [`${within}To`]: to }));
  };

  const option =
    ({ items }: Timeline) =>
    (theme: Theme): EChartsCoreOption => ({
      ...frameOf(theme, hasAmounts ? amountText : countText),
      color: theme.series,
      xAxis: {
        ...axisOf(theme),
        type: 'category',
        data: items.map(({ period }) => period),
        boundaryGap: isMonthly,
      },
      yAxis: {
        ...axisOf(theme),
        type: 'value',
        minInterval: 1,
        splitLine: { lineStyle: { color: theme.line } },
        axisLabel: {
          ...axisOf(theme).axisLabel,
          formatter: (value: number) => (hasAmounts ? shortAmount(value) : countText(value)),
        },
      },
      series: series.map((one) => ({
        name: nameOf(one),
        type: isMonthly ? 'bar' : 'line',
        data: items.map((period) => magnitude(valueIn(period, one))),
        showSymbol: items.length === 1,
        symbolSize: 7,
        lineStyle: { width: 2.5 },
        barMaxWidth: 14,
      })),
    });

  const pick =
    ({ items, asOf }: Timeline) =>
    ({ seriesIndex, dataIndex }: Picked) => {
      const [period, one] = [items[dataIndex], series[seriesIndex]];
      const href = period && one && hrefOf(period, one, asOf);
      if (href) go(href);
    };

  const table = (answer: Timeline) => (
    <Scrolled of={say('growth')}>
      <table class="list">
        <thead>
          <tr>
            <th scope="col">{say('month')}</th>
            {series.map((one) => (
              <th scope="col" class="number" key={one.field}>
                {nameOf(one)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answer.items.toReversed().map((period) => (
            <tr key={period.period}>
              <th scope="row">{period.period}</th>
              {series.map((one) => {
                const href = hrefOf(period, one, answer.asOf);
                const text = valueText(valueIn(period, one));
                return (
                  <td class="number" key={one.field}>
                    {href ? <a href={href}>{text}</a> : text}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolled>
  );

  const controls = (
    <>
      <Switch
        label={say('growth')}
        value={isMonthly ? 'month' : 'all'}
        options={{ all: say('cumulative'), month: say('monthly') }}
        onChange={(value) => change({ growth: value === 'month' ? value : null }, { replace: true })}
      />
      <Switch
        label={say('measure')}
        value={hasAmounts ? 'amounts' : 'counts'}
        options={{ counts: say('byCount'), amounts: say('byAmount') }}
        onChange={(value) => change({ amounts: value === 'amounts' ? '1' : null }, { replace: true })}
      />
    </>
  );

  return (
    <Card
      id="growth"
      title={say('growth')}
      requests={[path]}
      explains={series.map(({ measure }) => measure ?? 'projectCount')}
      file={path}
      controls={controls}
      {...(shown.answer && { table: () => table(shown.answer as Timeline) })}
    >
      <Answered shown={shown}>
        {(answer) =>
          answer.items.length === 0 ? (
            <Empty hasData={true} />
          ) : (
            <Chart
              label={`${say('growth')}: ${series.map((one) => `${nameOf(one)} ${valueText(valueIn(answer.items.at(-1) as Period, one))}`).join(', ')}`}
              option={option(answer)}
              of={`${JSON.stringify(answer.items.at(-1))}${answer.revision}${path}${isMonthly}${hasAmounts}${nameOf(series[1] as Series)}`}
              onPick={pick(answer)}
            />
          )
        }
      </Answered>
    </Card>
  );
}

/** What all charts have in common. */
export function frameOf(theme: Theme, format: (value: number) => string): EChartsCoreOption {
  const { rem } = theme;
  return {
    textStyle: { fontFamily: theme.font, color: theme.text },
    grid: { left: 4, right: rem * 1.2, top: rem * 2.4, bottom: 2, containLabel: true },
    legend: {
      top: 0,
      left: 0,
      itemWidth: rem,
      itemHeight: rem * 0.55,
      icon: 'roundRect',
      textStyle: { color: theme.ink, fontSize: rem * 0.85 },
    },
    tooltip: {
      trigger: 'axis',
      renderMode: 'richText',
      confine: true,
      backgroundColor: theme.surface,
      borderColor: theme.line,
      textStyle: { color: theme.ink, fontSize: rem * 0.85, fontFamily: theme.font },
      valueFormatter: (value: unknown) => (typeof value === 'number' ? format(value) : '—'),
    },
  };
}

export function axisOf({ line, text, rem }: Theme) {
  return {
    axisLine: { lineStyle: { color: line } },
    axisTick: { show: false },
    axisLabel: { color: text, fontSize: rem * 0.8, hideOverlap: true },
    nameTextStyle: { color: text, fontSize: rem * 0.8 },
  };
}
