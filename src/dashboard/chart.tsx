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

/** A line is thin: a click anywhere in the chart means the point of the month above or below that is nearest. */
function nearestOnLines(chart: ECharts, x: number, y: number): Picked | undefined {
  if (!chart.containPixel('grid', [x, y])) return undefined;
  const { series = [] } = chart.getOption() as { series?: { type?: string; data?: unknown[] }[] };
  const [position] = chart.convertFromPixel('grid', [x, y]) as number[];
  const dataIndex = Math.round(position ?? 0);
  const points = series.flatMap(({ type, data }, seriesIndex) => {
    const value = data?.[dataIndex];
    if (type !== 'line' || typeof value !== 'number') return [];
    const [, height] = chart.convertToPixel({ seriesIndex }, [dataIndex, value]) as number[];
    return [{ seriesIndex, dataIndex, distance: Math.abs((height ?? 0) - y) }];
  });
  return points.toSorted((one, other) => one.distance - other.distance)[0];
}

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
      const chart = drawn.current;
      chart.on('click', ({ seriesIndex = 0, dataIndex }) => pick.current?.({ seriesIndex, dataIndex }));
      chart.getZr().on('click', ({ offsetX, offsetY }) => {
        const picked = nearestOnLines(chart, offsetX, offsetY);
        if (picked) pick.current?.(picked);
      });
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
