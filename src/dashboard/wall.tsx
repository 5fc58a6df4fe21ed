/** For the wall of an office: large, dark, and pages that turn by themselves. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { hrefWith, selectionOf, useAddress } from './address.ts';
import type { Summary } from './answers.ts';
import { Attention } from './attention.tsx';
import { Cohorts } from './cohorts.tsx';
import { Funnel } from './funnel.tsx';
import { Growth } from './growth.tsx';
import { Headline, summaryPath } from './headline.tsx';
import { Liveness } from './liveness.tsx';
import { useNamesOf } from './names.ts';
import { Industries, Sizes } from './overview.tsx';
import { PastNotice } from './past.tsx';
import { Ranking, Tiles } from './places.tsx';
import { Published } from './published.tsx';
import { useAnswer } from './service.ts';
import { Trouble } from './states.tsx';
import { say } from './words.ts';

const PAGES: readonly (readonly ComponentType[])[] = [
  [Headline, Growth],
  [Tiles, Ranking],
  [Funnel, Attention],
  [Industries, Sizes],
  [Cohorts, Published],
];
const SECONDS = 15;

export function Wall() {
  const address = useAddress();
  const selection = selectionOf(address);
  const [page, setPage] = useState(0);
  const [isPaused, setPaused] = useState(false);
  const eventName = useNamesOf('events');
  const summary = useAnswer<Summary>(summaryPath(address));
  /** `?wall=30` turns every 30 seconds. */
  const seconds = Number(address.get('wall')) || SECONDS;
  const turn = (by: number) => setPage((at) => (at + by + PAGES.length) % PAGES.length);

  // Turning a page by hand starts the time anew.
  useEffect(() => {
    if (isPaused) return undefined;
    const timer = setTimeout(() => turn(1), seconds * 1_000);
    return () => clearTimeout(timer);
  }, [page, isPaused, seconds]);

  useEffect(() => {
    const press = ({ key, target }: KeyboardEvent) => {
      if (target instanceof HTMLElement && target.closest('button, a, input, select, textarea')) return;
      if (key === 'ArrowRight') turn(1);
      if (key === 'ArrowLeft') turn(-1);
      if (key === ' ') setPaused((was) => !was);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);

  const events = selection
    .getAll('event')
    .flatMap((codes) => codes.split(','))
    .map(eventName)
    .join(' · ');
  return (
    <main class="wall-page" data-page={page}>
      <header>
        <h1>
          {events || say('brand')}
          <small>
            {say('asOf')} {summary.answer?.asOf}
          </small>
        </h1>
        <Liveness />
        <div class="buttons">
          {PAGES.map((_, index) => (
            <button
              key={PAGES[index]?.[0]?.name}
              type="button"
              class="turn"
              aria-label={say('pageNumber', { n: index + 1 })}
              aria-current={index === page ? 'page' : undefined}
              onClick={() => setPage(index)}
            />
          ))}
          <button type="button" class="quiet" onClick={() => setPaused(!isPaused)}>
            {say(isPaused ? 'goOnTurning' : 'pauseTurning')}
          </button>
          <button
            type="button"
            class="quiet"
            onClick={() => void document.documentElement.requestFullscreen?.()}
          >
            {say('fullScreen')}
          </button>
          <a class="quiet" href={hrefWith({ wall: null })}>
            {say('leaveWall')}
          </a>
        </div>
      </header>
      <PastNotice />
      {summary.problem && !summary.answer ? (
        <Trouble problem={summary.problem} />
      ) : (
        <div class={`wall-grid page-${page}`} key={page}>
          {PAGES[page]?.map((Part) => (
            <Part key={Part.name} />
          ))}
        </div>
      )}
    </main>
  );
}
