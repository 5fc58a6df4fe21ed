import type { ECharts, EChartsCoreOption } from 'echarts/core';
import { useEffect, useRef } from 'preact/hooks';

/** A point that was clicked: which series, and which of its points. */
export interface Picked {
  seriesIndex: number;
  dataIndex: number;
}

const prefersStillness = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** The colours and sizes of the style sheet. */
export function themeOf(element: Element) {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    series: [colour('series-1'), colour('series-2'), colour('series-3'), colour('series-4')],
    text: colour('text-soft'),
    ink: colour('text'),
    line: colour('line'),
    surface: colour('surface'),
    font: style.fontFamily,
    rem: Number.parseFloat(getComputedStyle(document.documentElement).fontSize),
  };
}
export type Theme = ReturnType<typeof themeOf>;

interface Props {
  /** What it shows, for those who do not see it. */
  label: string;
  option: (theme: Theme) => EChartsCoreOption;
  /** When the option has to be made anew. */
  of: unknown;
  onPick?: (picked: Picked) => void;
}

export function Chart({ label, option, of, onPick }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<ECharts>(undefined);
  const pick = useRef(onPick);
  pick.current = onPick;
  const draw = useRef(() => {});
  draw.current = () => {
    if (!place.current || !drawn.current) return;
    drawn.current.setOption(
      { animation: !prefersStillness(), ...option(themeOf(place.current)) },
      { notMerge: true },
    );
  };
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    let isGone = false;
    const observer = new ResizeObserver(() => {
      drawn.current?.resize();
      draw.current();
    });
    import('./charts.ts').then(({ init }) => {
      if (isGone) return;
      // Sharp in saved pictures too.
      drawn.current = init(element, null, { devicePixelRatio: Math.max(2, devicePixelRatio) });
      drawn.current.on('click', ({ seriesIndex = 0, dataIndex }) =>
        pick.current?.({ seriesIndex, dataIndex }),
      );
      draw.current();
      observer.observe(element);
    });
    return () => {
      isGone = true;
      observer.disconnect();
      drawn.current?.dispose();
      drawn.current = undefined;
    };
  }, []);
  useEffect(() => draw.current(), [of]);
  return <div class="chart" ref={place} role="img" aria-label={label} />;
}
