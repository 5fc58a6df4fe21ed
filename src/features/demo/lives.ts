/** The dates of sample projects: what becomes of them up to a day that figures are known for, and afterwards. */

import { addDays } from '../../core/days.ts';
import type { LifecycleDates } from '../projects/lifecycle.ts';
import { type Day, dayIn, earlyDayIn, LAST_DAY, later, recorded } from './days.ts';
import type { Random } from './random.ts';

/** How a project stands on the day that figures are known for. */
export type Fate =
  /** Started and in production in the year of its signing, which was before July. */
  | 'swift'
  | 'started'
  /** It has started, and its contract has ended. */
  | 'startedThenEnded'
  /** Registered, but not started. */
  | 'waiting'
  | 'unregistered'
  /** Its contract has ended without a start. */
  | 'abandoned';

/** The day of the signing, and the day on which the fate holds. */
export interface Frame {
  signedOn: Day;
  countedOn: Day;
}

type Dates = Partial<LifecycleDates>;

/** Every date of a project with such a fate. What happens after `countedOn` does not change the fate on that day. */
export function lifeOf(random: Random, fate: Fate, frame: Frame): LifecycleDates {
  return {
    signedOn: frame.signedOn,
    registeredOn: null,
    startedOn: null,
    completedOn: null,
    productionOn: null,
    suspendedOn: null,
    resumedOn: null,
    terminatedOn: null,
    ...promises(random, frame.signedOn),
    ...lives[fate](random, frame),
  };
}

const lives: Record<Fate, (random: Random, frame: Frame) => Dates> = {
  swift: (random, { signedOn }) => {
    const startedOn = addDays(signedOn, random.whole(15, 75));
    const productionOn = addDays(signedOn, random.whole(130, 183));
    return {
      registeredOn: addDays(signedOn, random.whole(3, 12)),
      startedOn,
      completedOn: addDays(productionOn, -random.whole(5, 30)),
      productionOn,
    };
  },

  started: (random, { signedOn, countedOn }) => {
    const startedOn = random.chance(0.02)
      ? addDays(signedOn, -random.whole(5, 45))
      : earlyDayIn(random, addDays(signedOn, 20), addDays(countedOn, -10));
    const dates = {
      registeredOn: registeredBefore(random, startedOn, signedOn),
      ...works(random, startedOn),
    };
    return random.chance(0.08) ? endAfter(random, dates, countedOn) : dates;
  },

  startedThenEnded: (random, { signedOn, countedOn }) => {
    const terminatedOn = dayIn(random, addDays(signedOn, 240), addDays(countedOn, -5));
    const startedOn = dayIn(random, addDays(signedOn, 40), addDays(terminatedOn, -120));
    return { registeredOn: registeredBefore(random, startedOn, signedOn), startedOn, terminatedOn };
  },

  waiting: (random, { signedOn, countedOn }) => {
    const registeredOn = earlyDayIn(random, addDays(signedOn, 10), countedOn);
    if (random.chance(0.1)) return endAfter(random, { registeredOn }, countedOn);
    const startedOn = random.chance(0.65) ? recorded(addDays(countedOn, random.small(10, 900))) : null;
    return startedOn === null ? { registeredOn } : { registeredOn, ...works(random, startedOn) };
  },

  unregistered: (random, { countedOn }) =>
    random.chance(0.5)
      ? { registeredOn: recorded(addDays(countedOn, random.whole(15, 300))) }
      : random.chance(0.5)
        ? endAfter(random, {}, countedOn)
        : {},

  abandoned: (random, { signedOn, countedOn }) => {
    const terminatedOn = dayIn(random, addDays(signedOn, 150), addDays(countedOn, -5));
    const registeredOn = random.chance(0.6)
      ? dayIn(random, addDays(signedOn, 10), addDays(terminatedOn, -60))
      : null;
    return { registeredOn, terminatedOn };
  },
};

/** What the contract promises; now and then nothing. */
function promises(
  random: Random,
  signedOn: Day,
): Pick<LifecycleDates, 'agreedStartOn' | 'agreedProductionOn'> {
  const start = addDays(signedOn, random.whole(90, 420));
  const production = addDays(start, random.whole(300, 800));
  return {
    agreedStartOn: random.chance(0.88) ? start : null,
    agreedProductionOn: random.chance(0.82) ? production : null,
  };
}

/** The registration that goes with a start, which may both have come before the signing. */
const registeredBefore = (random: Random, startedOn: Day, signedOn: Day): Day =>
  startedOn <= signedOn
    ? addDays(startedOn, -random.whole(5, 40))
    : earlyDayIn(random, addDays(signedOn, 3), addDays(startedOn, -1));

/** From the start to production, perhaps with a suspension on the way, as far as it is recorded. */
function works(random: Random, startedOn: Day): Dates {
  const halt = random.chance(0.08) ? suspension(random, startedOn) : {};
  if (halt.suspendedOn && !halt.resumedOn) return { startedOn, ...halt };
  const ready = addDays(startedOn, random.whole(240, 900));
  const completedOn = halt.resumedOn ? later(ready, addDays(halt.resumedOn, 60)) : ready;
  const productionOn = addDays(completedOn, random.whole(-20, 150));
  const dates: Dates = { startedOn, ...halt };
  const outcome = random.fraction();
  // Some are never finished, some are finished but do not produce, some produce before all of it is finished.
  if (outcome >= 0.1) dates.completedOn = recorded(completedOn);
  if (outcome >= 0.16 || outcome < 0.03) dates.productionOn = recorded(productionOn);
  return dates;
}

function suspension(random: Random, startedOn: Day): Pick<Dates, 'suspendedOn' | 'resumedOn'> {
  const suspendedOn = recorded(addDays(startedOn, random.whole(60, 400)));
  if (suspendedOn === null || random.chance(0.3)) return { suspendedOn };
  return { suspendedOn, resumedOn: recorded(addDays(suspendedOn, random.whole(60, 320))) };
}

/** Ends the contract some time after the day, unless it produces before; what would have followed does not happen. */
function endAfter(random: Random, dates: Dates, countedOn: Day): Dates {
  const terminatedOn = dayIn(random, addDays(countedOn, 30), LAST_DAY);
  if (dates.productionOn && dates.productionOn < terminatedOn) return dates;
  const happened = Object.entries(dates).filter(([, day]) => day !== null && day < terminatedOn);
  return { ...(Object.fromEntries(happened) as Dates), terminatedOn };
}
