import type { ComponentChildren } from 'preact';
import { say } from './words.ts';

/** A table that may be wider or longer than its place; it can be scrolled with the keyboard. */
export function Scrolled({ of, children }: { of: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it, the keyboard could not scroll.
    <section class="scroll" tabIndex={0} aria-label={`${of} · ${say('table')}`}>
      {children}
    </section>
  );
}
