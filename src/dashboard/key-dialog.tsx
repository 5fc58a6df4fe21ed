/** The dialog for the access key. */
import { useState } from 'preact/hooks';
import { followChanges } from './live.ts';
import { ask, holdKey, Refused, useKey } from './service.ts';
import { say } from './words.ts';

const ID = 'key-dialog';

const dialog = (): HTMLDialogElement | null => document.getElementById(ID) as HTMLDialogElement | null;
export const openKeyDialog = (): void => dialog()?.showModal();

function use(given: string | null): void {
  holdKey(given);
  followChanges();
}

/** Whether the service accepts the key, whatever it may do. */
async function isAccepted(): Promise<boolean> {
  return ask('/v1/changes/head').then(
    () => true,
    (error) => !(error instanceof Refused && error.problem.status === 401),
  );
}

export function KeyDialog() {
  const held = useKey();
  const [isWrong, setWrong] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const field = form.elements.namedItem('key') as HTMLInputElement;
    use(field.value.trim());
    if (await isAccepted()) {
      form.reset();
      setWrong(false);
      dialog()?.close();
    } else {
      use(null);
      setWrong(true);
      field.focus();
    }
  };
  return (
    <dialog id={ID} aria-labelledby="key-title">
      <form onSubmit={submit}>
        <h2 id="key-title">{say('keyTitle')}</h2>
        <p id="key-hint">{say('keyHint')}</p>
        <label class="visually-hidden" for="key-field">
          {say('key')}
        </label>
        <input
          id="key-field"
          name="key"
          type="password"
          autocomplete="off"
          spellcheck={false}
          required
          placeholder="luodi_…"
          aria-describedby="key-hint key-wrong"
          aria-invalid={isWrong}
        />
        <p id="key-wrong" class="bad" role="alert">
          {isWrong && say('keyWrong')}
        </p>
        <div class="buttons">
          {held !== null && (
            <button
              type="button"
              onClick={() => {
                use(null);
                dialog()?.close();
              }}
            >
              {say('keyForget')}
            </button>
          )}
          <button type="button" onClick={() => dialog()?.close()}>
            {say('cancel')}
          </button>
          <button type="submit" class="primary">
            {say('keyUse')}
          </button>
        </div>
      </form>
    </dialog>
  );
}
