/** The demo data: two editions whose published figures come out by computation over made-up projects, and a cluster. */

import { addDays } from '../../core/days.ts';
import type { LifecycleDates } from '../projects/lifecycle.ts';
import { allocate, MILLION } from './allocation.ts';
import { COUNTED_2020, COUNTED_2022, cells2022, fates2020, fates2022, totals2020 } from './calibration.ts';
import { dongjia, dongjiaEnterprise, hyrd2020, hyrd2022, yaohua } from './cases.ts';
import { clusterEnterprises, linwu } from './cluster.ts';
import { investors2020, investors2022, metEnterprises, sampleEnterprises } from './investors.ts';
import { appetite, ledgerOf } from './ledgers.ts';
import { type Fate, lifeOf } from './lives.ts';
import { ciie5, outreachOf2022 } from './outreach.ts';
import { industryOf, placeOf } from './places.ts';
import { demoFigures } from './published.ts';
import { type Random, randomFrom } from './random.ts';
import { type DemoData, type DemoEvent, type DemoProject, padded, SAMPLE_NOTE } from './rows.ts';

/** Everything that the demo consists of; the same at every call. */
export function demoData(): DemoData {
  const enterprises = [...sampleEnterprises(randomFrom(1)), dongjiaEnterprise];
  const projects = [...edition2020(randomFrom(2020)), ...edition2022(randomFrom(2022))];
  const met = [...enterprises, ...metEnterprises(randomFrom(2))];
  return {
    events: [hyrd2020, hyrd2022, ciie5],
    enterprises: [...met, ...clusterEnterprises],
    projects,
    ...outreachOf2022(projects, met),
    clusters: [linwu],
    figures: demoFigures,
  };
}

const codeIn = (event: DemoEvent, number: number): string => `HYRD-${event.edition}-${padded(number, 4)}`;

/** The fates, each as often as it is counted, in no order. */
const fatesIn = (random: Random, counts: Readonly<Record<Fate, number>>): Fate[] =>
  random.shuffled(Object.entries(counts).flatMap(([fate, count]) => Array<Fate>(count).fill(fate as Fate)));

function edition2020(random: Random): DemoProject[] {
  const named = [yaohua, dongjia];
  const fates = fatesIn(random, fates2020);
  const namedInvestment = named.reduce((sum, { investmentYuan }) => sum + investmentYuan, 0);
  const investments = allocate(
    totals2020.investment - namedInvestment,
    fates.map(() => ({ weight: random.size(), min: 50 * MILLION, max: 12_000 * MILLION })),
    10 * MILLION,
  );
  const contracted = contractedFunds2020(random, investments);
  const lives = fates.map((fate) =>
    lifeOf(random, fate, { signedOn: hyrd2020.startsOn, countedOn: COUNTED_2020 }),
  );
  const available = investments.map((investment, i) => contracted[i] ?? investment);
  const inPlace = allocate(
    totals2020.inPlace,
    lives.map((life, i) => {
      const yuan = available[i] as number;
      return { weight: yuan * appetite(random, life, COUNTED_2020), min: 0, max: yuan };
    }),
  );
  const samples = lives.map((life, i) => ({
    ...sample(random, hyrd2020, i + 1, i + 1, life),
    industry: industryOf(random, random.chance(0.72)),
    investors: investors2020(random),
    investmentYuan: investments[i] as number,
    contractedFundsYuan: contracted[i] as number | null,
    funds: ledgerOf(random, {
      life,
      counted: { on: COUNTED_2020, yuan: inPlace[i] as number },
      available: available[i] as number,
    }),
  }));
  const cases = named.map((project, i) => ({ code: codeIn(hyrd2020, samples.length + i + 1), ...project }));
  return [...samples, ...cases];
}

/** The contracted part of each investment; of a few it is not known. */
function contractedFunds2020(random: Random, investments: readonly number[]): (number | null)[] {
  const known = investments.map((_, i) => i % 80 !== 7);
  const amounts = allocate(
    totals2020.contracted,
    investments.map((investment, i) =>
      known[i]
        ? { weight: investment * (0.2 + random.fraction()), min: investment * 0.75, max: investment }
        : { weight: 0, min: 0, max: 0 },
    ),
  );
  return amounts.map((yuan, i) => (known[i] ? yuan : null));
}

function edition2022(random: Random): DemoProject[] {
  const projects = cells2022.flatMap((cell) =>
    allocate(
      cell.total,
      Array.from({ length: cell.count }, () => ({ weight: random.size(), min: cell.min, max: cell.max })),
    ).map((investmentYuan) => ({ ...cell, investmentYuan })),
  );
  const fates = fatesIn(random, fates2022);
  const first = fatesCount(fates2020) + 1;
  return random.shuffled(projects).map(({ investmentYuan, manufacturing, top500 }, i) => {
    const signedOn = addDays(hyrd2022.startsOn, random.whole(0, 1));
    const life = lifeOf(random, fates[i] as Fate, { signedOn, countedOn: COUNTED_2022 });
    const outside = Math.round((investmentYuan * random.whole(72, 100)) / 100 / MILLION) * MILLION;
    const contractedFundsYuan = random.chance(0.95) ? outside : null;
    return {
      ...sample(random, hyrd2022, i + 1, first + i, life),
      industry: industryOf(random, manufacturing),
      investors: investors2022(random, top500),
      investmentYuan,
      contractedFundsYuan,
      funds: ledgerOf(random, {
        life,
        counted: { on: hyrd2022.endsOn, yuan: 0 },
        available: contractedFundsYuan ?? investmentYuan,
      }),
    };
  });
}

const fatesCount = (counts: Readonly<Record<Fate, number>>): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

/**
 * What sample projects have in common.
 * @param number within the edition
 * @param serial over both editions, for the name
 */
function sample(random: Random, event: DemoEvent, number: number, serial: number, life: LifecycleDates) {
  return {
    code: codeIn(event, number),
    name: `示例项目 ${padded(serial, 4)}`,
    nameEn: `Sample project ${padded(serial, 4)}`,
    event: event.code,
    level: 'provincial',
    ...placeOf(random),
    investmentEstimated: random.chance(0.03),
    ...life,
    note: SAMPLE_NOTE,
  } as const;
}
