/** What a sheet would do, or has done: counts, changes cell by cell, and every fault with its row. */
import { useState } from 'preact/hooks';
import type { Import } from './answers.ts';
import { type CornerWord, tell } from './corner-words.ts';
import { inLanguage, language } from './language.ts';
import { useNames } from './names.ts';
import { countText } from './numbers.ts';
import { plain } from './plain.ts';
import { Scrolled } from './scrolled.tsx';
import { download, Refused } from './service.ts';
import { say } from './words.ts';

const COUNTS = ['rows', 'created', 'changed', 'unchanged', 'refused'] as const;
const FAULTS_SHOWN = 100;

/** In one sentence, what became of it. */
function outcomeOf({ status, mode, committed, problem }: Import): string {
  if (status === 'cancelled') return tell('cancelled');
  if (status === 'failed') return [tell('failed'), problem?.detail].filter(Boolean).join(' ');
  if (status === 'refused') return [problem?.detail, tell('nothingWritten')].filter(Boolean).join(' ');
  if (mode === 'commit') return committed ? tell('done') : tell('nothingWritten');
  return '';
}

export function ImportReport({ state }: { state: Import }) {
  const { mode, entity, status, file, changes, faults, faultCount } = state;
  const outcome = outcomeOf(state);
  return (
    <div class="report" data-status={status} data-mode={mode}>
      <h2>{tell(mode === 'preview' ? 'preview' : 'result')}</h2>
      {outcome && <p class={status === 'done' ? 'good' : 'bad'}>{outcome}</p>}
      <dl class="counts">
        {COUNTS.map((name) => (
          <div key={name} data-count={name} class={name === 'refused' && state[name] > 0 ? 'bad' : undefined}>
            <dt>{tell(name satisfies CornerWord)}</dt>
            <dd>{countText(state[name])}</dd>
          </div>
        ))}
      </dl>
      {file.ignored.length > 0 && (
        <p class="soft">
          {tell('ignored')}
          {file.ignored.map(({ heading }) => heading).join(language() === 'zh' ? '、' : ', ')}
        </p>
      )}
      {file.warnings.length > 0 && (
        <details>
          <summary>
            {tell('warnings')} ({file.warnings.length})
          </summary>
          <ul>
            {file.warnings.map(({ row, message }) => (
              <li key={`${row}${message}`}>
                {row !== null && `${tell('row')} ${row}: `}
                {message}
              </li>
            ))}
          </ul>
        </details>
      )}
      {faultCount > 0 && <Faults id={state.id} entity={entity} faults={faults} count={faultCount} />}
      {changes.length > 0 && <Changes entity={entity} changes={changes} isDone={state.committed} />}
    </div>
  );
}

/** @returns the name of a field in sheets; the field itself if it has none */
function useFieldNames(entity: string): (field: string) => string {
  const names = useNames();
  return (field) => {
    const name = names?.fields[entity]?.[field];
    return name ? inLanguage(name) : field;
  };
}

function Faults({
  id,
  entity,
  faults,
  count,
}: {
  id: string;
  entity: string;
  faults: Import['faults'];
  count: number;
}) {
  const nameOf = useFieldNames(entity);
  const [trouble, setTrouble] = useState<string | null>(null);
  const save = () =>
    download(`/v1/imports/${id}/faults?format=xlsx&lang=${language()}`, `faults-${id}.xlsx`).catch((error) =>
      setTrouble(error instanceof Refused ? error.message : say('failed')),
    );
  return (
    <section aria-labelledby="faults-title">
      <h3 id="faults-title">{tell('faults', { n: countText(count) })}</h3>
      <p class="soft">
        {tell('fixFirst')} {count > FAULTS_SHOWN && tell('faultsShown', { n: FAULTS_SHOWN })}
      </p>
      <p>
        <button type="button" onClick={() => void save()}>
          {tell('faultReport')}
        </button>
        {trouble && <span class="bad"> {trouble}</span>}
      </p>
      <Scrolled of={tell('problem')}>
        <table class="list faults">
          <thead>
            <tr>
              <th scope="col" class="number">
                {tell('row')}
              </th>
              <th scope="col">{tell('column')}</th>
              <th scope="col">{tell('value')}</th>
              <th scope="col">{tell('problem')}</th>
            </tr>
          </thead>
          <tbody>
            {faults.slice(0, FAULTS_SHOWN).map(({ row, column, heading, field, value, message }) => (
              <tr key={`${row} ${column} ${field} ${message}`}>
                <td class="number">{row}</td>
                <td>{[column, heading ?? (field && nameOf(field))].filter(Boolean).join(' · ')}</td>
                <td>{value}</td>
                <td>{message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolled>
    </section>
  );
}

function Changes({
  entity,
  changes,
  isDone,
}: {
  entity: string;
  changes: Import['changes'];
  isDone: boolean;
}) {
  const nameOf = useFieldNames(entity);
  const cells = changes.flatMap(({ row, key, effect, fields }) =>
    Object.entries(fields).map(([field, { before, after }], index) => ({
      row,
      key,
      effect,
      field,
      before,
      after,
      index,
    })),
  );
  return (
    <section aria-labelledby="changes-title">
      <h3 id="changes-title">{tell(isDone ? 'changesDone' : 'changes', { n: changes.length })}</h3>
      <Scrolled of={tell('changed')}>
        <table class="list cells">
          <thead>
            <tr>
              <th scope="col" class="number">
                {tell('row')}
              </th>
              <th scope="col">{tell('record')}</th>
              <th scope="col">{tell('field')}</th>
              <th scope="col">{say('before')}</th>
              <th scope="col">{say('after')}</th>
            </tr>
          </thead>
          <tbody>
            {cells.map(({ row, key, effect, field, before, after, index }) => (
              <tr key={`${row} ${field}`} class={index === 0 ? 'first' : undefined}>
                <td class="number">{index === 0 && row}</td>
                <td>
                  {index === 0 && (
                    <>
                      <code>{key}</code> <small>{tell(effect === 'create' ? 'created' : 'changed')}</small>
                    </>
                  )}
                </td>
                <td>{nameOf(field)}</td>
                <td>{effect === 'create' ? '' : <del>{plain(before)}</del>}</td>
                <td>
                  <ins>{plain(after)}</ins>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolled>
    </section>
  );
}
