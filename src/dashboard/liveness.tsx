/** Whether what is shown is up to date. */
import { language } from './language.ts';
import { useLiveness } from './live.ts';
import { shownRevision } from './service.ts';
import { say } from './words.ts';

export function Liveness() {
  const { state, since } = useLiveness();
  const time = new Intl.DateTimeFormat(language() === 'zh' ? 'zh-CN' : 'en-GB', {
    timeStyle: 'short',
  }).format(since);
  const revision = shownRevision();
  const texts = {
    starting: say('starting'),
    live: say('live'),
    'catching up': say('catchingUp'),
    behind: navigator.onLine ? say('behind', { time }) : `${say('offline')} · ${say('behind', { time })}`,
    refused: say('notLive'),
    paused: say('paused'),
  };
  return (
    <span class={`live ${state.replace(' ', '-')}`} role={state === 'behind' ? 'alert' : undefined}>
      {texts[state]}
      {state === 'live' && revision !== undefined && <small> · {say('revision', { n: revision })}</small>}
    </span>
  );
}
