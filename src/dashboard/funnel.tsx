/** How far the projects have come, and how many of them are late. */
import { pageOf, useAddress } from './address.ts';
import type { Summary } from './answers.ts';
import { Bars } from './bars.tsx';
import { Card, labelOf, useDefinitions } from './card.tsx';
import { summaryPath } from './headline.tsx';
import { linkBehind, valueIn, valueText } from './measures.ts';
import { percentText } from './numbers.ts';
import { useAnswer } from './service.ts';
import { Answered } from './states.tsx';
import { say } from './words.ts';

const STEPS = ['projectCount', 'registeredCount', 'startedCount', 'completedCount', 'inProductionCount'];
const LATE = ['overdueStartCount', 'overdueProductionCount', 'suspendedCount', 'terminatedCount'];

export function Funnel() {
  const definitions = useDefinitions();
  const path = summaryPath(useAddress());
  const shown = useAnswer<Summary>(path);
  const bars = (names: readonly string[], now: Summary, tone: 'plain' | 'late') => {
    const all = valueIn(now, 'projectCount') as number | null;
    return names.map((name) => {
      const value = valueIn(now, name) as number | null;
      const share = all && value !== null ? value / all : null;
      const link = linkBehind(name, now.links);
      return {
        key: name,
        name:
          name === 'projectCount'
            ? say('signedProjects')
            : labelOf(definitions?.measures.find((m) => m.name === name)),
        length: share,
        value: valueText(value),
        more: share === null || name === 'projectCount' ? null : percentText(Math.round(share * 1_000) / 10),
        href: link && pageOf(link),
        tone,
      };
    });
  };
  return (
    <Card id="funnel" title={say('funnel')} requests={[path]} explains={[...STEPS, ...LATE]} file={path}>
      <Answered shown={shown}>
        {(now) => (
          <>
            <Bars
              bars={bars(STEPS, now, 'plain')}
              caption={say('funnel')}
              heading={say('measure')}
              value={say('byCount')}
            />
            <h3>{say('lateOrStopped')}</h3>
            <Bars
              bars={bars(LATE, now, 'late')}
              caption={say('lateOrStopped')}
              heading={say('measure')}
              value={say('byCount')}
            />
          </>
        )}
      </Answered>
    </Card>
  );
}
