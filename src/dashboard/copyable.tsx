/** A text to be copied. */
import { useRef, useState } from 'preact/hooks';
import { say } from './words.ts';

/** The clipboard needs HTTPS, which an internal network may not have. */
async function copy(text: string, field: HTMLTextAreaElement | null): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  field?.select();
  document.execCommand('copy');
}

export function Copyable({ label, text }: { label: string; text: string }) {
  const [isCopied, setCopied] = useState(false);
  const field = useRef<HTMLTextAreaElement>(null);
  return (
    <div class="copyable">
      <textarea ref={field} readOnly rows={2} aria-label={label} value={text} spellcheck={false} />
      <button
        type="button"
        onClick={async () => {
          await copy(text, field.current);
          setCopied(true);
          setTimeout(() => setCopied(false), 2_000);
        }}
      >
        {isCopied ? say('copied') : `${say('copy')} ${label}`}
      </button>
    </div>
  );
}
