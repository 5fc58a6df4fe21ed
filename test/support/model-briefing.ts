/** A naive model of briefings: each sentence written out. It shares no code with the service. */
import { isCounted, type ModelProject, type ModelWorld, populationOf } from './model.ts';
import { addDays, figuresOf } from './model-figures.ts';

type Language = 'zh' | 'en';

export interface ModelEvent {
  code: string;
  name: string;
  nameEn?: string | null;
  hostCity?: string | null;
  startsOn: string;
}

const commas = (whole: string): string => {
  if (whole.length < 5) return whole;
  const parts = [];
  for (let end = whole.length; end > 0; end -= 3) parts.unshift(whole.slice(Math.max(end - 3, 0), end));
  return parts.join();
};

/** Whole `unit`s and fractions of `unit / parts` yuan, rounded half-up. */
const inUnits = (yuan: number, unit: number, parts: number): number =>
  Number(((BigInt(yuan) * 2n) / BigInt(unit / parts) + 1n) / 2n) / parts;

const english = (amount: number): string => {
  const [whole = '', fraction] = String(amount).split('.');
  return fraction === undefined ? commas(whole) : `${commas(whole)}.${fraction}`;
};

/**
 * An amount beside thresholds of 1, 5 and 10 billion: one that would be rounded to a threshold is printed
 * with all digits.
 */
function amountBeside(yuan: number, language: Language): string {
  const printed = modelAmount(yuan, language);
  const [bounds, unit] =
    language === 'zh'
      ? [['10亿元', '50亿元', '100亿元'], '亿元']
      : [['1 billion yuan', '5 billion yuan', '10 billion yuan'], ' billion yuan'];
  if (!bounds.includes(printed) || [1e9, 5e9, 10e9].includes(yuan)) return printed;
  if (language === 'en' && yuan < 1e9) return `${yuan / 1e6} million yuan`;
  return `${yuan / (language === 'zh' ? 1e8 : 1e9)}${unit}`;
}

export function modelAmount(yuan: number, language: Language): string {
  if (language === 'zh') {
    if (yuan < 10_000) return `${yuan}元`;
    const wan = inUnits(yuan, 10_000, 100);
    if (yuan < 100_000_000 && wan < 10_000) return `${wan}万元`;
    return `${inUnits(yuan, 100_000_000, 100)}亿元`;
  }
  if (yuan < 1_000_000) return `${english(yuan)} yuan`;
  const million = inUnits(yuan, 1_000_000, 1_000);
  if (yuan < 1_000_000_000 && million < 1_000) return `${english(million)} million yuan`;
  return `${english(inUnits(yuan, 1_000_000_000, 1_000))} billion yuan`;
}

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

export function modelDay(day: string, language: Language): string {
  const [year = '', month = '', date = ''] = day.split('-');
  if (language === 'zh') return `${year}年${Number(month)}月${Number(date)}日`;
  return `${Number(date)} ${MONTHS[Number(month) - 1]} ${year}`;
}

const threeDigits = (yuan: number): number =>
  Number(String(yuan).slice(0, 3).padEnd(String(yuan).length, '0'));

const nameOf = (p: { name: string; nameEn?: string | null }, language: Language): string =>
  language === 'en' && p.nameEn ? p.nameEn : p.name;

/** The number of days from one day to another, counted one by one. */
function daysBetween(from: string, to: string): number {
  let days = 0;
  for (let day = from; day < to; day = addDays(day, 1)) days += 1;
  return days;
}

function inOrder(
  projects: ModelProject[],
  ...keys: ((p: ModelProject) => string | number)[]
): ModelProject[] {
  return [...projects].sort((a, b) => {
    for (const key of [...keys, (p: ModelProject) => p.code]) {
      if (key(a) < key(b)) return -1;
      if (key(a) > key(b)) return 1;
    }
    return 0;
  });
}

const andList = (items: string[], language: Language): string => {
  if (language === 'zh') return items.join('、');
  const last = items[items.length - 1] as string;
  return items.length === 1 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
};

/** The sentences about an event on a day, as `[code, text]`. */
export function modelBriefing(
  world: ModelWorld,
  event: ModelEvent,
  asOf: string,
  language: Language,
): [code: string, text: string][] {
  const zh = language === 'zh';
  const of = (more: Record<string, string[]>) => {
    const projects = populationOf(world, { event: [event.code], ...more }, asOf);
    return { projects, ...figuresOf(projects, asOf) };
  };
  const said: [string, string][] = [];
  const add = (code: string, clauses: string[], opening = '') => {
    if (clauses.length === 0) return;
    const last = clauses[clauses.length - 1] as string;
    const rest = clauses.slice(0, -1);
    const joined = zh ? clauses.join('；') : rest.length === 0 ? last : `${rest.join('; ')}; and ${last}`;
    said.push([code, `${opening}${joined}${zh ? '。' : '.'}`]);
  };
  const amount = (money: { yuan: number }) => amountBeside(money.yuan, language);
  const number = (count: number) => (zh ? String(count) : commas(String(count)));
  const s = (count: number, one: string, many: string) => (count === 1 ? one : many);

  const opened = event.startsOn <= asOf;
  const the = !zh && event.nameEn ? 'the ' : '';
  const eventName = `${the}${nameOf(event, language)}`;
  const anyTerminated = populationOf(world, { event: [event.code] }, asOf).some((p) =>
    isCounted('terminated', p, asOf),
  );
  if (opened) {
    const on = modelDay(event.startsOn, language);
    const place = event.hostCity ? `在${event.hostCity}` : '';
    add('opening', [
      zh ? `${eventName}于${on}${place}开幕` : `${eventName} opened on ${on}`.replace(/^the /, 'The '),
    ]);
  }
  const all = of({});
  const n = all.projectCount;
  if (n === 0) return said;

  const total = amount(all.totalInvestment);
  const day = modelDay(asOf, language);
  add('signed', [
    zh
      ? `截至${day}，${opened ? '共' : `${eventName}已`}签约项目${n}个，投资总额${total}`
      : `As of ${day}, ${number(n)} ${s(n, 'project', 'projects')} had been signed${opened ? '' : ` for ${eventName}`}, with a total investment of ${total}`,
  ]);

  const parts: string[] = [];
  const top500 = of({ top500: ['true'] });
  if (top500.projectCount > 0) {
    const [count, money] = [top500.projectCount, amount(top500.totalInvestment)];
    parts.push(
      zh
        ? `三类500强企业投资项目${count}个，投资额${money}`
        : `${count} ${s(count, 'has', 'have')} an investor on one of the three top-500 lists, for ${money}`,
    );
  }
  const manufacturing = of({ industry: ['C'] });
  if (manufacturing.projectCount > 0) {
    const [count, money] = [manufacturing.projectCount, amount(manufacturing.totalInvestment)];
    parts.push(
      zh
        ? `制造业项目${count}个，投资额${money}`
        : `${count} ${s(count, 'is', 'are')} in manufacturing, for ${money}`,
    );
  }
  const large = of({ minInvestment: ['1000000000'] });
  if (large.projectCount > 0) {
    const [count, money] = [large.projectCount, amount(large.totalInvestment)];
    parts.push(
      zh
        ? `10亿元以上的项目${count}个，投资额${money}`
        : `${count} ${s(count, 'is', 'are')} of 1 billion yuan or more, for ${money}`,
    );
  }
  for (const billions of [5, 10]) {
    const count = all.projects.filter((p) => p.investmentYuan > billions * 1_000_000_000).length;
    if (count === 0) continue;
    parts.push(
      zh
        ? `超过${billions * 10}亿元的项目${count}个`
        : `${count} ${s(count, 'is', 'are')} of more than ${billions} billion yuan`,
    );
  }
  add('parts', parts, zh ? '其中，' : 'Of these, ');

  const { yuan, knownCount } = all.contractedFunds;
  if (yuan > 0) {
    const bound = threeDigits(yuan);
    const partly = knownCount < n;
    const money = amountBeside(partly ? bound : yuan, language);
    const more = zh ? (bound < yuan ? '超过' : '不少于') : bound < yuan ? 'more than ' : 'at least ';
    add('contracted', [`${zh ? '合同引资额' : 'Contracted funds came to '}${partly ? more : ''}${money}`]);
  }

  const progress: string[] = [];
  const stages = [
    ['registeredCount', 'registrationRate', '注册', 'been registered', 'registration'],
    ['startedCount', 'operatingRate', '开工', 'started', 'operating'],
    ['completedCount', 'completionRate', '竣工', 'been completed', 'completion'],
    ['inProductionCount', 'productionRate', '投产', 'gone into production', 'production'],
  ] as const;
  for (const [counted, rated, word, verb, rateName] of stages) {
    const [count, percent] = [all[counted], all[rated].percent];
    if (count === 0) continue;
    const share = percent ? (zh ? `，${word}率${percent}%` : ` (${rateName} rate ${percent}%)`) : '';
    progress.push(
      zh
        ? `已${word}项目${count}个${share}`
        : `${number(count)} ${s(count, 'project', 'projects')} had ${verb}${share}`,
    );
  }
  add('progress', progress, zh ? '' : 'By then, ');

  if (all.fundsInPlace.yuan > 0) {
    const { percent } = all.fundsInPlaceRate;
    const share = percent ? (zh ? `，资金到位率${percent}%` : ` (funds-in-place rate ${percent}%)`) : '';
    add('funds', [`${zh ? '到位资金' : 'Funds in place came to '}${amount(all.fundsInPlace)}${share}`]);
  }

  const producedOn = (p: ModelProject) => p.productionOn as string;
  const sameYear = inOrder(
    all.projects.filter((p) => isCounted('sameYear', p, asOf)),
    producedOn,
  );
  if (sameYear.length > 0) {
    const names = andList(
      sameYear.slice(0, 3).map((p) => nameOf(p, language)),
      language,
    );
    const some = sameYear.length > 3;
    const were = s(sameYear.length, 'project was', 'projects were');
    add('sameYear', [
      zh
        ? `当年签约、当年开工、当年投产的项目${sameYear.length}个${some ? '，包括' : '：'}${names}`
        : `Within one calendar year, ${sameYear.length} ${were} signed, started and in production${some ? ', among them ' : ': '}${names}`,
    ]);
  }

  const days = (p: ModelProject) => daysBetween(p.signedOn, producedOn(p));
  const [fastest] = inOrder(
    all.projects.filter((p) => isCounted('inProduction', p, asOf) && days(p) > 0),
    days,
    producedOn,
  );
  if (fastest) {
    const [name, took] = [nameOf(fastest, language), days(fastest)];
    add('fastest', [
      zh
        ? `${anyTerminated ? '未终止的项目中，从签约到投产最快的' : '从签约到投产最快的项目'}是${name}，用时${took}天`
        : `${anyTerminated ? 'Of the projects that have not been terminated, the' : 'The'} fastest from signing to production was ${name}, in ${took} ${s(took, 'day', 'days')}`,
    ]);
  }

  const largest = inOrder(
    all.projects.filter((p) => !p.investmentEstimated && !isCounted('terminated', p, asOf)),
    (p) => -p.investmentYuan,
    (p) => p.signedOn,
  ).slice(0, 3);
  if (largest.length > 0) {
    const named = andList(
      largest.map((p) => {
        const money = amountBeside(p.investmentYuan, language);
        return zh ? `${nameOf(p, language)}（${money}）` : `${nameOf(p, language)} (${money})`;
      }),
      language,
    );
    add('largest', [
      zh
        ? `${anyTerminated ? '未终止且' : ''}已披露投资额的项目中，投资额居前的是${named}`
        : `Among the projects ${anyTerminated ? 'that have not been terminated and ' : ''}whose amounts are disclosed, the largest ${s(largest.length, 'is', 'are')} ${named}`,
    ]);
  }
  return said;
}
