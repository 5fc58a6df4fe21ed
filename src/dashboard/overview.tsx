/** The overview: every part for the same selection and day. */
import { Attention } from './attention.tsx';
import { Cohorts } from './cohorts.tsx';
import { Distribution } from './distribution.tsx';
import { Funnel } from './funnel.tsx';
import { Growth } from './growth.tsx';
import { Headline } from './headline.tsx';
import { MeasureChoice } from './measure-choice.tsx';
import { useNames } from './names.ts';
import { Ranking, Tiles } from './places.tsx';
import { Published } from './published.tsx';
import { say } from './words.ts';

export const Industries = () => <Distribution id="industries" dimension="industry" title="industries" />;
export const Sizes = () => (
  <Distribution id="bands" dimension="investmentBand" title="bands" order={useNames()?.investmentBands} />
);

export function Overview() {
  return (
    <>
      <h1 class="visually-hidden">{say('overview')}</h1>
      <div class="grid">
        <Headline />
        <Funnel />
        <Growth />
      </div>
      <div class="section">
        <h2>{say('distribution')}</h2>
        <MeasureChoice />
      </div>
      <div class="grid">
        <Tiles />
        <Ranking />
        <Industries />
        <Sizes />
        <Cohorts />
        <Attention />
        <Published />
      </div>
    </>
  );
}
