/** The day that figures are compared with. */
import { select, useAddress } from './address.ts';
import { DayField } from './day-field.tsx';
import { yearBefore } from './days.ts';
import { say, type Word } from './words.ts';

/** Its name where figures are shown, by the value of the parameter. */
const SPANS: Readonly<Record<string, Word>> = {
  previousYear: 'yearBefore',
  previousQuarter: 'quarterBefore',
  previousMonth: 'monthBefore',
};

export const comparedText = (compareWith: string): string =>
  SPANS[compareWith] ? say(SPANS[compareWith]) : say('onDay', { day: compareWith });

/** @param day that the page is about */
export function CompareWith({ day, today }: { day: string; today: string }) {
  const given = useAddress().get('compareWith') ?? '';
  const isOther = given !== '' && !SPANS[given];
  return (
    <div class={given === '' ? 'told' : 'told chosen'}>
      <label>
        <span>{say('compareWith')}</span>
        <select
          data-choice="compareWith"
          value={isOther ? 'day' : given}
          onChange={({ currentTarget: { value } }) =>
            select({ compareWith: value === 'day' ? yearBefore(day) : value || null })
          }
        >
          <option value="">{say('notCompared')}</option>
          {Object.entries(SPANS).map(([span, word]) => (
            <option key={span} value={span}>
              {say(word)}
            </option>
          ))}
          <option value="day">{say('otherDay')}</option>
        </select>
      </label>
      {isOther && (
        <DayField
          label={say('otherDay')}
          value={given}
          max={today}
          onChoose={(chosen) => select({ compareWith: chosen })}
        />
      )}
    </div>
  );
}
