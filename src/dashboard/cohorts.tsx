/** A rate of each edition at the same age, so that a young one can be compared with an old one. */
import type { EChartsCoreOption } from 'echarts/core';
import { change, go, pageOf, pathOf, selectionOf, useAddress } from './address.ts';
import type { Cohorts as Answer } from './answers.ts';
import { Card, labelOf, useDefinitions } from './card.tsx';
import { Chart, type Theme } from './chart.tsx';
import { axisOf, frameOf } from './growth.tsx';
import { inLanguage, nameOf } from './language.ts';
import { percentText } from './numbers.ts';
import { Scrolled } from './scrolled.tsx';
import { useAnswer } from './service.ts';
import { Answered, Empty } from './states.tsx';
import { say } from './words.ts';

const RATES = ['operatingRate', 'productionRate', 'registrationRate', 'completionRate', 'fundsInPlaceRate'];

type Cohort = Answer['items'][number];

export function Cohorts() {
  const address = useAddress();
  const selection = selectionOf(address);
  const definitions = useDefinitions();
  const chosen = address.get('cohort') ?? 'operatingRate';
  // Editions are compared with each other, whichever of them is chosen.
  selection.delete('event');
  const path = pathOf('/v1/statistics/cohorts', selection, { by: 'event', measure: chosen });
  const shown = useAnswer<Answer>(path);
  const nameIn = ({ group }: Cohort) => nameOf(group) ?? say('none');
  const longest = ({ items }: Answer) => Math.max(0, ...items.map(({ ages }) => ages.length));

  const option =
    (answer: Answer) =>
    (theme: Theme): EChartsCoreOption => ({
      ...frameOf(theme, percentText),
      color: theme.series,
      xAxis: {
        ...axisOf(theme),
        type: 'category',
        boundaryGap: false,
        data: Array.from({ length: longest(answer) }, (_, age) => String(age)),
      },
      yAxis: {
        ...axisOf(theme),
        type: 'value',
        min: 0,
        max: 100,
        splitLine: { lineStyle: { color: theme.line } },
        axisLabel: { ...axisOf(theme).axisLabel, formatter: '{value}%' },
      },
      series: answer.items.flatMap((cohort, index) => {
        const line = {
          name: nameIn(cohort),
          type: 'line',
          // A young edition has hardly a line yet.
          showSymbol: cohort.ages.length < 4,
          symbolSize: 7,
          itemStyle: { color: theme.series[index % theme.series.length] },
        };
        // From the last age that all projects have reached, the line goes on dashed.
        const whole = cohort.ages.filter(({ complete }) => complete).length;
        const part = (from: number, to: number, type: 'solid' | 'dashed') => ({
          ...line,
          lineStyle: { width: 2.5, type },
          data: cohort.ages.map(({ percent }, age) => (age >= from && age < to ? percent : null)),
        });
        return whole === cohort.ages.length
          ? [part(0, whole, 'solid')]
          : [part(0, whole, 'solid'), part(Math.max(0, whole - 1), cohort.ages.length, 'dashed')];
      }),
    });

  const hrefOf = ({ group }: Cohort) =>
    pageOf(pathOf('/v1/projects', selection, { event: group.code ?? 'none' }));

  const table = (answer: Answer) => (
    <Scrolled of={say('cohorts')}>
      <table class="list">
        <thead>
          <tr>
            <th scope="col">{say('monthsAfter')}</th>
            {answer.items.map((cohort) => (
              <th scope="col" class="number" key={cohort.group.code}>
                <a href={hrefOf(cohort)}>{nameIn(cohort)}</a>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: longest(answer) }, (_, age) => (
            <tr key={age}>
              <th scope="row">{age}</th>
              {answer.items.map(({ group, ages }) => (
                <td class="number" key={group.code}>
                  {ages[age]?.percent == null ? '' : percentText(ages[age].percent)}
                  {ages[age]?.complete === false && ' *'}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolled>
  );

  const controls = (
    <select
      aria-label={say('measure')}
      value={chosen}
      onChange={({ currentTarget: { value } }) =>
        change({ cohort: value === 'operatingRate' ? null : value }, { replace: true })
      }
    >
      {RATES.map((rate) => (
        <option key={rate} value={rate}>
          {labelOf(definitions?.measures.find(({ name }) => name === rate))}
        </option>
      ))}
    </select>
  );

  return (
    <Card
      id="cohorts"
      title={say('cohorts')}
      requests={[path]}
      explains={[chosen]}
      explained={(definitions?.cohorts ?? []).map(({ label, sentence, formula }) => ({
        label: inLanguage(label),
        sentence: inLanguage(sentence),
        formula,
      }))}
      file={path}
      controls={controls}
      {...(shown.answer && { table: () => table(shown.answer as Answer) })}
    >
      <Answered shown={shown}>
        {(answer) =>
          answer.items.length === 0 ? (
            <Empty hasData={true} />
          ) : (
            <>
              <Chart
                label={`${say('cohorts')}: ${answer.items
                  .map((cohort) => `${nameIn(cohort)} ${percentText(cohort.ages.at(-1)?.percent ?? 0)}`)
                  .join(', ')}`}
                option={option(answer)}
                of={`${path}${answer.revision}${answer.asOf}${nameIn(answer.items[0] as Cohort)}`}
                onPick={({ seriesIndex }) => {
                  const lines = answer.items.flatMap((cohort) =>
                    cohort.ages.every(({ complete }) => complete) ? [cohort] : [cohort, cohort],
                  );
                  const cohort = lines[seriesIndex];
                  if (cohort) go(hrefOf(cohort));
                }}
              />
              <p class="soft">{say('cohortNote')}</p>
            </>
          )
        }
      </Answered>
    </Card>
  );
}
