/** What is shown instead of figures: that something loads, is refused, failed, or is empty. */
import type { ComponentChildren } from 'preact';
import { address, change, isPast, nothingSelected, useAddress } from './address.ts';
import { openKeyDialog } from './key-dialog.tsx';
import { withMoments } from './moments.ts';
import { WayBack } from './past.tsx';
import { key, type Fault as ParameterFault, type Problem, retry, type Shown } from './service.ts';
import { say, type Word } from './words.ts';

/** What the parameters with a control are called in a sentence. */
const SUBJECTS: Readonly<Record<string, Word>> = {
  asOf: 'chosenDay',
  knownAt: 'chosenTime',
  revision: 'chosenRevision',
  compareWith: 'comparedDay',
};

function Fault({ fault: { parameter, pointer, message } }: { fault: ParameterFault }) {
  const subject = parameter && SUBJECTS[parameter];
  if (subject) return <p>{say('sentence', { subject: say(subject), rest: withMoments(message) })}</p>;
  return (
    <p>
      <code>{parameter ?? pointer}</code> {message}
    </p>
  );
}

export function Trouble({ problem }: { problem: Problem }) {
  const { status, code, title, detail, errors = [] } = problem;
  if (status === 401) {
    const isWrong = key() !== null;
    return (
      <div class="state" role="status">
        <strong>{say('needsKey')}</strong>
        <p>
          {isWrong
            ? detail
            : code === 'access.key_required'
              ? say('needsKeyHint')
              : (detail ?? say('needsKeyHint'))}
        </p>
        <button type="button" onClick={openKeyDialog}>
          {say('keyTitle')}
        </button>
        {isPast() && <WayBack />}
      </div>
    );
  }
  if (status === 403) {
    return (
      <div class="state" role="status">
        <strong>{say('notAllowed')}</strong>
        <p>{detail}</p>
      </div>
    );
  }
  const isOfThePast = isPast() && status === 422;
  return (
    <div class="state" role="status">
      <strong>{say('failed')}</strong>
      {code === 'unreachable' ? <p>{say('unreachable')}</p> : errors.length === 0 && <p>{detail ?? title}</p>}
      {errors.map((fault) => (
        <Fault key={JSON.stringify(fault)} fault={fault} />
      ))}
      {isOfThePast ? (
        <WayBack />
      ) : (
        <button type="button" onClick={retry}>
          {say('retry')}
        </button>
      )}
    </div>
  );
}

export function Loading() {
  return (
    <div class="state loading" role="status">
      <span class="visually-hidden">{say('loading')}</span>
    </div>
  );
}

export function Empty({ hasData }: { hasData: boolean }) {
  const isNarrowed = Object.keys(nothingSelected(useAddress())).length > 0;
  const hasOthers = hasData || isNarrowed || isPast();
  return (
    <div class="state" role="status">
      <strong>{say(hasOthers ? 'noProjects' : 'noData')}</strong>
      <p>{say(hasOthers ? 'noProjectsHint' : 'noDataHint')}</p>
      {isNarrowed && (
        <button type="button" onClick={() => change(nothingSelected(address()))}>
          {say('clear')}
        </button>
      )}
    </div>
  );
}

/** Shows an answer; dimmed while it is the answer to an earlier question. */
export function Answered<T>({
  shown,
  children,
}: {
  shown: Shown<T>;
  children: (answer: T) => ComponentChildren;
}) {
  const { answer, problem, isEarlier } = shown;
  if (answer === undefined) return problem ? <Trouble problem={problem} /> : <Loading />;
  return (
    <div class={isEarlier ? 'earlier' : undefined} aria-busy={isEarlier}>
      {children(answer)}
    </div>
  );
}
