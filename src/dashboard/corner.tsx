/** The clerks' corner: from the template to the committed sheet. */
import { useRef, useState } from 'preact/hooks';
import { useAddress } from './address.ts';
import type { Import } from './answers.ts';
import { tell } from './corner-words.ts';
import { ImportReport } from './import-report.tsx';
import { type Choices, cancelImport, sendSheet } from './importing.ts';
import { openKeyDialog } from './key-dialog.tsx';
import { capital, inLanguage, language } from './language.ts';
import { useNames } from './names.ts';
import { download, type Problem, Refused, useAnswer, useKey } from './service.ts';
import { Trouble } from './states.tsx';
import { say } from './words.ts';

/** What every editor may import; the service refuses the others to those who may not. */
const UNITS = ['yuan', 'wan', 'yi'] as const;

const INITIAL: Choices = { entity: 'projects', unit: 'yuan', partial: false, createEnterprises: false };

export function Corner() {
  const held = useKey();
  // Only editors may list imports.
  const allowed = useAnswer<unknown>(held === null ? null : '/v1/imports?limit=1');
  if (held === null) {
    return (
      <section class="card corner" aria-labelledby="corner-title">
        <h1 id="corner-title">{tell('title')}</h1>
        <p>{tell('needsEditor')}</p>
        <button type="button" class="primary" onClick={openKeyDialog}>
          {say('keyTitle')}
        </button>
      </section>
    );
  }
  return (
    <section class="card corner" aria-labelledby="corner-title">
      <h1 id="corner-title">{tell('title')}</h1>
      {allowed.problem ? (
        <>
          <p>{tell('needsEditor')}</p>
          <Trouble problem={allowed.problem} />
        </>
      ) : (
        <Desk />
      )}
    </section>
  );
}

function Desk() {
  const names = useNames();
  const event = useAddress().get('event');
  const [choices, setChoices] = useState(INITIAL);
  const [file, setFile] = useState<File | null>(null);
  const [state, setState] = useState<Import | null>(null);
  const [phase, setPhase] = useState<'preview' | 'commit' | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const input = useRef<HTMLInputElement>(null);

  const run = async (chosen: File, mode: 'preview' | 'commit', how: Choices) => {
    setPhase(mode);
    setProblem(null);
    if (mode === 'preview') setState(null);
    try {
      setState(await sendSheet(chosen, mode, how, setState));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setState(null);
      setProblem(error.problem);
    }
    setPhase(null);
  };
  const take = (chosen: File | undefined) => {
    if (!chosen) return;
    setFile(chosen);
    void run(chosen, 'preview', choices);
  };
  const choose = (changes: Partial<Choices>) => {
    const next = { ...choices, ...changes };
    setChoices(next);
    if (file && !state?.committed) void run(file, 'preview', next);
  };
  const template = () => {
    const query = new URLSearchParams({
      lang: language(),
      unit: language() === 'zh' ? 'yi' : 'yuan',
      ...(event && { event }),
    });
    download(`/v1/imports/template?${query}`, 'projects.xlsx').catch((error) => {
      if (error instanceof Refused) setProblem(error.problem);
    });
  };
  const startAnew = () => {
    setFile(null);
    setState(null);
    setProblem(null);
    if (input.current) input.current.value = '';
  };
  const tick = (name: 'partial' | 'createEnterprises') => (
    <label class="tick">
      <input
        type="checkbox"
        checked={choices[name]}
        disabled={phase !== null}
        onChange={({ currentTarget }) => choose({ [name]: currentTarget.checked })}
      />
      {tell(name)}
    </label>
  );
  const isPreviewed = state?.status === 'done' && state.mode === 'preview';
  const canCommit =
    isPreviewed && state.created + state.changed > 0 && (state.faultCount === 0 || choices.partial);
  return (
    <>
      <p>{tell('intro')}</p>
      <p>
        <button type="button" onClick={template}>
          {tell('template')}
        </button>{' '}
        <span class="soft">{tell('templateHint')}</span>
      </p>
      <div class="options">
        <label>
          <span>{tell('entity')}</span>
          <select
            value={choices.entity}
            disabled={phase !== null}
            onChange={({ currentTarget }) => choose({ entity: currentTarget.value })}
          >
            {Object.keys(names?.fields ?? { projects: {} }).map((entity) => (
              <option key={entity} value={entity}>
                {names?.entities[entity] ? capital(inLanguage(names.entities[entity])) : entity}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>{tell('unit')}</span>
          <select
            value={choices.unit}
            disabled={phase !== null}
            onChange={({ currentTarget }) => choose({ unit: currentTarget.value })}
          >
            {UNITS.map((unit) => (
              <option key={unit} value={unit}>
                {tell(unit)}
              </option>
            ))}
          </select>
        </label>
        {tick('partial')}
        {choices.entity === 'projects' && tick('createEnterprises')}
      </div>
      <label
        class="drop"
        onDragOver={(event) => {
          event.preventDefault();
          event.currentTarget.classList.add('over');
        }}
        onDragLeave={({ currentTarget }) => currentTarget.classList.remove('over')}
        onDrop={(event) => {
          event.preventDefault();
          event.currentTarget.classList.remove('over');
          take(event.dataTransfer?.files[0]);
        }}
      >
        <b>{file ? file.name : tell('drop')}</b>
        <span class="soft">{tell('formats')}</span>
        <input
          ref={input}
          type="file"
          class="visually-hidden"
          accept=".xlsx,.csv,.ods,.ndjson,.json"
          disabled={phase !== null}
          onChange={({ currentTarget }) => take(currentTarget.files?.[0])}
        />
      </label>
      <div aria-live="polite">
        {phase !== null && <Progress state={state} />}
        {problem && <Trouble problem={problem} />}
        {state && state.status !== 'running' && phase === null && <ImportReport state={state} />}
      </div>
      <div class="buttons">
        {phase !== null && state?.status === 'running' && (
          <button type="button" onClick={() => void cancelImport(state.id).catch(() => {})}>
            {tell('cancel')}
          </button>
        )}
        {phase === null && file && (
          <button type="button" onClick={startAnew}>
            {tell('other')}
          </button>
        )}
        {phase === null && file && canCommit && (
          <button type="button" class="primary" onClick={() => void run(file, 'commit', choices)}>
            {tell('commit')}
          </button>
        )}
      </div>
    </>
  );
}

/** Of the file while it is read, then of its rows. */
function Progress({ state }: { state: Import | null }) {
  const progress = state?.status === 'running' ? state.progress : null;
  const phase = progress?.phase ?? 'sending';
  const isReading = phase === 'reading' || phase === 'waiting';
  const [done, all] = isReading
    ? [progress?.bytesRead ?? 0, progress?.bytes ?? 0]
    : [progress?.rowsDone ?? 0, progress?.rowsRead ?? 0];
  return (
    <p class="progress">
      <span>{tell(phase as 'sending')}</span>
      <progress aria-label={tell(phase as 'sending')} {...(all > 0 && { max: all, value: done })} />
    </p>
  );
}
