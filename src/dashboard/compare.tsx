/** The day that figures are compared with. */
import { select, useAddress } from './address.ts';
import { DayField } from './day-field.tsx';
import { dayAt, numberOf, yearBefore } from './days.ts';
import { knownText } from './moments.ts';
import { say, type Word } from './words.ts';

/** Its name where figures are shown, by the value of the parameter. */
const SPANS: Readonly<Record<string, Word>> = {
  previousYear: 'yearBefore',
  previousQuarter: 'quarterBefore',
  previousMonth: 'monthBefore',
};

/** As the same day was known at a time, or at a revision. */
const KNOWN = /^(known|revision):(.*)$/;

export function comparedText(compareWith: string): string {
  if (SPANS[compareWith]) return say(SPANS[compareWith]);
  const [, kind, value = ''] = KNOWN.exec(compareWith) ?? [];
  if (!kind) return say('onDay', { day: compareWith });
  return say('asKnown', { when: kind === 'known' ? knownText(value) : say('revision', { n: value }) });
}

/** @param day that the page is about */
export function CompareWith({ day, today }: { day: string; today: string }) {
  const given = useAddress().get('compareWith') ?? '';
  const isKnown = KNOWN.test(given);
  const isOther = given !== '' && !SPANS[given] && !isKnown;
  // A day that is not over is not known yet.
  const yesterday = dayAt(numberOf(today) - 1);
  /** What a choice begins with. */
  const first: Readonly<Record<string, string>> = { day: yearBefore(day), known: `known:${yesterday}` };
  return (
    <div class={given === '' ? 'told' : 'told chosen'}>
      <label>
        <span>{say('compareWith')}</span>
        <select
          data-choice="compareWith"
          value={isOther ? 'day' : isKnown ? 'known' : given}
          onChange={({ currentTarget: { value } }) =>
            select({ compareWith: first[value] ?? (value || null) })
          }
        >
          <option value="">{say('notCompared')}</option>
          {Object.entries(SPANS).map(([span, word]) => (
            <option key={span} value={span}>
              {say(word)}
            </option>
          ))}
          <option value="day">{say('otherDay')}</option>
          <option value="known">{say('knownEarlier')}</option>
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
      {isKnown && (
        <DayField
          label={say('knownEarlier')}
          value={given.replace(KNOWN, '$2').slice(0, 10)}
          max={yesterday}
          onChoose={(chosen) => select({ compareWith: `known:${chosen}` })}
        />
      )}
    </div>
  );
}
