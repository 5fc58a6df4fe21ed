import type { ComponentChildren } from 'preact';

interface Props {
  'aria-label'?: string;
  'aria-labelledby'?: string;
  children: ComponentChildren;
}

/** What may be wider or longer than its place; it can be scrolled with the keyboard. */
export function Scrolled({ children, ...labels }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it, the keyboard could not scroll.
    <section class="scroll" tabIndex={0} {...labels}>
      {children}
    </section>
  );
}
