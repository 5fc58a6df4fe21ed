/** What parts of the service say of themselves to a monitor. Names begin with `luodi_`, in Prometheus' base units. */

export interface Sample {
  name: string;
  help: string;
  /** A counter only grows while the process lives. */
  type: 'counter' | 'gauge';
  value: number;
  /** Few, and never of projects or callers. */
  labels?: Readonly<Record<string, string>>;
}

export type MetricSource = () => readonly Sample[] | Promise<readonly Sample[]>;

/** Samples that differ in one label only. */
export const byLabel = (
  sample: Omit<Sample, 'value' | 'labels'>,
  label: string,
  values: Readonly<Record<string, number>>,
): Sample[] => Object.entries(values).map(([of, value]) => ({ ...sample, value, labels: { [label]: of } }));
