/** The page: its head, its filters, and one of its views. */
import { useEffect } from 'preact/hooks';
import { hrefWith, nothingSelected, useAddress } from './address.ts';
import type { Summary } from './answers.ts';
import { Corner } from './corner.tsx';
import { Filters } from './filters.tsx';
import { summaryPath } from './headline.tsx';
import { KeyDialog, openKeyDialog } from './key-dialog.tsx';
import { language } from './language.ts';
import { Liveness } from './liveness.tsx';
import { Overview } from './overview.tsx';
import { PastNotice } from './past.tsx';
import { Project } from './project.tsx';
import { Projects } from './projects.tsx';
import { useAnswer, useKey } from './service.ts';
import { Trouble } from './states.tsx';
import { Wall } from './wall.tsx';
import { say } from './words.ts';

function Head() {
  const held = useKey();
  const address = useAddress();
  const view = address.get('view');
  const here = (name: string | null) => (view === name ? { 'aria-current': 'page' as const } : {});
  return (
    <header class="head">
      <a
        class="brand"
        href={hrefWith({ ...nothingSelected(address), view: null, rule: null, project: null })}
      >
        <img src="/dashboard/icon.svg" alt="" width="28" height="28" />
        <span>
          <b>Luodi 落地</b>
          <small>{say('brand')}</small>
        </span>
      </a>
      <nav aria-label="Luodi">
        <a
          href={hrefWith({ view: null, rule: null, project: null, cursor: null, page: null, sort: null })}
          {...here(null)}
        >
          {say('overview')}
        </a>
        <a href={hrefWith({ view: 'corner' })} {...here('corner')}>
          {say('corner')}
        </a>
        <a href={hrefWith({ wall: '', view: null })}>{say('wall')}</a>
        <a href="/docs" target="_blank" rel="noopener">
          {say('api')}
        </a>
      </nav>
      <Liveness />
      <button type="button" class="quiet" onClick={openKeyDialog}>
        {say(held === null ? 'key' : 'keyHeld')}
      </button>
      <a
        class="language"
        lang={language() === 'zh' ? 'en' : 'zh-CN'}
        href={hrefWith({ lang: language() === 'zh' ? 'en' : 'zh' })}
      >
        {say('language')}
      </a>
    </header>
  );
}

function View() {
  const address = useAddress();
  const view = address.get('view');
  const summary = useAnswer<Summary>(view === null ? summaryPath(address) : null);
  if (view === 'corner') return <Corner />;
  const { problem } = summary;
  // One sentence instead of the same one in every part.
  const isClosed = problem !== undefined && [401, 422].includes(problem.status);
  return (
    <>
      <Filters />
      <PastNotice />
      {view === 'projects' && <Projects />}
      {view === 'project' && <Project />}
      {view === null && (isClosed ? <Trouble problem={problem} /> : <Overview />)}
    </>
  );
}

export function App() {
  const address = useAddress();
  const isWall = address.has('wall');
  useEffect(() => {
    document.documentElement.lang = language() === 'zh' ? 'zh-CN' : 'en';
    document.documentElement.classList.toggle('wall', isWall);
    document.title = `${say('brand')} · Luodi`;
  });
  return (
    <>
      {isWall ? (
        <Wall />
      ) : (
        <>
          <a class="skip" href="#content">
            {say('skip')}
          </a>
          <Head />
          <main id="content" tabIndex={-1}>
            <View />
          </main>
          <footer>
            <p>{say('demoNote')}</p>
          </footer>
        </>
      )}
      <KeyDialog />
    </>
  );
}
