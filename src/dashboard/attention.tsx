/** What needs attention: the rules that find something, each with its projects. */
import { pageOf, pathOf, selectionOf, useAddress } from './address.ts';
import type { Quality } from './answers.ts';
import { Card } from './card.tsx';
import { capital, inLanguage } from './language.ts';
import { countText } from './numbers.ts';
import { useAnswer } from './service.ts';
import { Answered } from './states.tsx';
import { say } from './words.ts';

export function Attention() {
  const path = pathOf('/v1/quality', selectionOf(useAddress()));
  const shown = useAnswer<Quality>(path);
  const found = shown.answer?.items.filter(({ count }) => count > 0) ?? [];
  const explained = found.map(({ label, sentence }) => ({
    label: capital(inLanguage(label)),
    sentence: inLanguage(sentence),
  }));
  return (
    <Card id="attention" title={say('attention')} requests={[path]} explained={explained}>
      <Answered shown={shown}>
        {() =>
          found.length === 0 ? (
            <p class="good">{say('nothingToDo')}</p>
          ) : (
            <ul class="rules">
              {found.map(({ code, severity, label, count, links }) => (
                <li key={code} data-rule={code}>
                  <span class={`severity ${severity}`}>{say(severity)}</span>
                  <a href={pageOf(links.projects)}>
                    <span>{capital(inLanguage(label))}</span>
                    <b>{countText(count)}</b>
                  </a>
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
    </Card>
  );
}
