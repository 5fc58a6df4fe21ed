/** The past: choosing from which state of the data the page is told, what it says of it, and the way back. */
import { hrefWith, isPast, pastOf, pathOf, select, TO_THE_PRESENT, useAddress } from './address.ts';
import type { Known, PageOf } from './answers.ts';
import { DayField } from './day-field.tsx';
import { isDay } from './days.ts';
import { dayAndTimeOf, instantAt, knownText, momentText } from './moments.ts';
import { useAnswer } from './service.ts';
import { say } from './words.ts';

/** What the page knows, if it is told from the past. */
export function useKnown(): Known | undefined {
  const address = useAddress();
  const path = isPast(address) ? pathOf('/v1/events', pastOf(address), { limit: '1', fields: 'code' }) : null;
  const { answer, isEarlier } = useAnswer<PageOf<unknown> & { known: Known }>(path);
  return isEarlier ? undefined : answer?.known;
}

/** @param today in the service's time zone */
export function KnownAt({ today }: { today: string }) {
  const address = useAddress();
  const known = useKnown();
  const given = address.get('knownAt') ?? '';
  const { day, time } = isDay(given) ? { day: given, time: '' } : dayAndTimeOf(given || (known?.at ?? ''));
  const choose = (chosen: string, at: string, options?: { replace: boolean }) => {
    const asOf = address.get('asOf') ?? today;
    const knownAt = at === '' ? chosen : instantAt(chosen, at);
    // Figures are about what had happened by then, unless an earlier day is chosen.
    const changes = { ...TO_THE_PRESENT, knownAt, asOf: asOf > chosen ? chosen : address.get('asOf') };
    select(changes, options);
  };
  return (
    <fieldset class={isPast(address) ? 'told chosen' : 'told'}>
      <legend>{say('knownAt')}</legend>
      <DayField
        label={say('knownDay')}
        value={day}
        max={today}
        onChoose={(chosen) => choose(chosen, time)}
        onClear={() => select(TO_THE_PRESENT)}
      />
      {day !== '' && (
        <input
          type="time"
          aria-label={say('knownTime')}
          value={time}
          onChange={({ currentTarget: { value } }) => choose(day, value, { replace: true })}
        />
      )}
    </fieldset>
  );
}

/** What the past is called. */
export function pastText(address: URLSearchParams): string {
  const [knownAt, revision] = [address.get('knownAt'), address.get('revision')];
  return knownAt === null ? say('revision', { n: revision ?? '' }) : knownText(knownAt);
}

export const WayBack = () => (
  <a class="quiet" href={hrefWith(TO_THE_PRESENT)}>
    {say('toThePresent')}
  </a>
);

export function PastNotice() {
  const address = useAddress();
  const known = useKnown();
  if (!known) return null;
  const { revision, at } = known;
  return (
    <div class="past" role="status">
      <strong>{say('asKnown', { when: pastText(address) })}</strong>
      <span>
        {say('pastNote')}{' '}
        <small>
          {[
            address.has('knownAt') && say('revision', { n: revision }),
            at && say('lastEntry', { time: momentText(at) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </small>
      </span>
      <WayBack />
    </div>
  );
}
