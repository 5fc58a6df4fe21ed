/** A field for a day, which tells of days only that the service can answer for, not of a year half typed. */
interface Props {
  /** Empty if none is chosen. */
  value: string;
  max: string;
  label: string;
  /** Whether its label is shown. */
  isTitled?: boolean;
  onChoose: (day: string) => void;
  onClear?: () => void;
}

export function DayField({ value, max, label, isTitled = false, onChoose, onClear }: Props) {
  return (
    <label class="date">
      <span class={isTitled ? undefined : 'visually-hidden'}>{label}</span>
      <input
        type="date"
        value={value}
        min="1900-01-01"
        max={max}
        onChange={({ currentTarget: { value: chosen, validity } }) => {
          if (chosen === '') onClear?.();
          else if (validity.valid) onChoose(chosen);
        }}
      />
    </label>
  );
}
