/** Icons of buttons, which have a name of their own. */
const paths = {
  definition: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm0 6v4.5M10 6.6v.1',
  request: 'm7 6-4 4 4 4m6-8 4 4-4 4',
  picture: 'M3.5 4.5h13v11h-13zm0 8.5 4-4 3 3 2.5-2.5 3.5 3.5M12.7 7.6v.1',
  sheet: 'M10 3v9m-4-3.5 4 4 4-4M3.5 16.5h13',
  table: 'M3.5 4.5h13v11h-13zm0 3.7h13m-13 3.6h13M8 8.2v7.3',
} as const;

export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true">
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-linejoin="round"
        stroke-linecap="round"
      />
    </svg>
  );
}
