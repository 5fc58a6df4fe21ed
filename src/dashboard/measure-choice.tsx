/** The measure by which prefectures, industries and sizes are compared. */
import { change, useAddress } from './address.ts';
import { labelOf, useDefinitions } from './card.tsx';
import { say } from './words.ts';

const DEFAULT = 'operatingRate';

export function useChosenMeasure(): string {
  const chosen = useAddress().get('measure');
  const definitions = useDefinitions();
  if (chosen === null) return DEFAULT;
  return definitions && !definitions.measures.some(({ name }) => name === chosen) ? DEFAULT : chosen;
}

export function MeasureChoice() {
  const definitions = useDefinitions();
  const chosen = useChosenMeasure();
  return (
    <label class="measure">
      {say('measure')}
      <select
        value={chosen}
        onChange={({ currentTarget: { value } }) =>
          change({ measure: value === DEFAULT ? null : value }, { replace: true })
        }
      >
        {definitions?.measures.map((measure) => (
          <option key={measure.name} value={measure.name}>
            {labelOf(measure)}
          </option>
        ))}
      </select>
    </label>
  );
}
