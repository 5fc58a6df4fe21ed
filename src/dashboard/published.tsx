/** Published figures, and whether they agree with what is computed. */
import { useState } from 'preact/hooks';
import { pageOf, pastOf, pathOf, useAddress } from './address.ts';
import type { Names, PageOf, PublishedFigure } from './answers.ts';
import { Card, labelOf, useDefinitions } from './card.tsx';
import { inLanguage, language } from './language.ts';
import { NO_VALUE } from './measures.ts';
import { useNames } from './names.ts';
import { Scrolled } from './scrolled.tsx';
import { useAnswer } from './service.ts';
import { Answered } from './states.tsx';
import { say } from './words.ts';

const LIMIT = '50';

/** Chinese units follow the number, signs such as % in any language. */
const withUnit = (value: string | null, unit: string, names: Names | undefined): string => {
  const name = names?.units[unit] ? inLanguage(names.units[unit]) : '';
  if (value === null) return NO_VALUE;
  return language() === 'zh' || name === '%' ? value + name : `${value} ${name}`;
};

export function Published() {
  const definitions = useDefinitions();
  const names = useNames();
  const [showsAll, setShowsAll] = useState(false);
  const address = useAddress();
  const event = address.getAll('event').flatMap((codes) => codes.split(','));
  const path = pathOf('/v1/published-figures', pastOf(address), {
    ...(event.length === 1 && event[0] !== 'none' && { event }),
    limit: LIMIT,
  });
  const shown = useAnswer<PageOf<PublishedFigure>>(path);
  const nameOf = (measure: string) => {
    const terms = [...(definitions?.measures ?? []), ...(definitions?.outreach ?? [])];
    return labelOf(terms.find(({ name }) => name === measure.split(':')[0]));
  };
  /** The overview for the projects and the day of a figure. */
  const hrefOf = ({ links }: PublishedFigure) => {
    const { pathname } = new URL(links.figures, location.origin);
    return pathname === '/v1/statistics/summary' ? pageOf(links.figures, { view: null }) : undefined;
  };
  return (
    <Card id="published" title={say('published')} requests={[path]}>
      <Answered shown={shown}>
        {({ items, page: { total } }) => {
          const differing = items.filter(({ agrees }) => !agrees);
          const listed = showsAll ? items : differing;
          return (
            <>
              <p class={differing.length > 0 ? 'bad' : 'good'}>
                {total === 0
                  ? say('nonePublished')
                  : differing.length === 0
                    ? say('allAgree', { n: total })
                    : say('someDiffer', { n: total, m: differing.length })}
              </p>
              {listed.length > 0 && (
                <Scrolled of={say('published')}>
                  <table class="list">
                    <thead>
                      <tr>
                        <th scope="col">{say('measure')}</th>
                        <th scope="col">{say('asOf')}</th>
                        <th scope="col" class="number">
                          {say('publishedAs')}
                        </th>
                        <th scope="col" class="number">
                          {say('computed')}
                        </th>
                      </tr>
                    </thead>
                    <tbody>
                      {listed.map((figure) => {
                        const href = hrefOf(figure);
                        const { id, measure, value, unit, comparator, asOf, computed, agrees, reasons } =
                          figure;
                        return (
                          <tr key={id} class={agrees ? undefined : 'differs'}>
                            <th scope="row">
                              {nameOf(measure)}
                              {reasons.map((reason) => (
                                <small key={reason.en}>{inLanguage(reason)}</small>
                              ))}
                            </th>
                            <td>{href ? <a href={href}>{asOf}</a> : asOf}</td>
                            <td class="number">
                              {comparator !== 'exact' &&
                                `${inLanguage(names?.comparators[comparator] ?? { zh: '', en: '' })} `}
                              {withUnit(value, unit, names)}
                            </td>
                            <td class="number">
                              {withUnit(computed.rounded, unit, names)}{' '}
                              <span
                                class={agrees ? 'good' : 'bad'}
                                title={say(agrees ? 'agrees' : 'differs')}
                              >
                                <span aria-hidden="true">{agrees ? '✓' : '✗'}</span>
                                <span class="visually-hidden">{say(agrees ? 'agrees' : 'differs')}</span>
                              </span>
                            </td>
                          </tr>
                        );
                      })}
                    </tbody>
                  </table>
                </Scrolled>
              )}
              {total > 0 && (
                <button
                  type="button"
                  class="quiet"
                  aria-expanded={showsAll}
                  onClick={() => setShowsAll(!showsAll)}
                >
                  {say(showsAll ? 'close' : 'showAll')}
                </button>
              )}
            </>
          );
        }}
      </Answered>
    </Card>
  );
}
