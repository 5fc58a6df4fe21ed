/** The figures that public reports gave of the two editions, as they gave them. */
import type { NewPublishedFigure } from '../published/schema.ts';
import { filterText } from '../published/scope.ts';
import { hyrd2020, hyrd2022 } from './cases.ts';

type Source = NewPublishedFigure['source'];

/** Titles and addresses that are not known are null. */
const hunanDaily: Source = {
  title: '2020年“沪洽周”签约项目开工超八成',
  publisher: '湖南日报 / 华声在线 (Hunan Daily / Huasheng Online)',
  publishedOn: '2022-11-03',
  url: null,
};
const huasheng: Source = {
  title: null,
  publisher: '华声在线 (Huasheng Online)',
  publishedOn: '2022-11-03',
  url: null,
};
const chinaNews: Source = {
  title: null,
  publisher: '中国新闻社 (China News Service)',
  publishedOn: '2022-11-04',
  url: null,
};

type Printed = Pick<NewPublishedFigure, 'measure' | 'value' | 'unit'> & Partial<NewPublishedFigure>;

/** All reports are about provincial-level projects. */
const PROVINCIAL = 'level=provincial';

const projects = (value: string): Printed => ({ measure: 'projectCount', value, unit: 'projects' });
const investment = (value: string, unit: 'yiYuan' | 'billionYuan'): Printed => ({
  measure: 'totalInvestment',
  value,
  unit,
});

const among = (filter: string, ...figures: Printed[]): Printed[] =>
  figures.map((figure) => ({ ...figure, filter: filterText.parse(`${filter}&${PROVINCIAL}`) }));

const above = (yuan: string): string =>
  `公布为“超过”，而筛选参数 minInvestment 含本数，故取多 1 元。“More than” ${yuan} yuan: minInvestment includes its bound, so it is one yuan higher.`;

const counted2020: Printed[] = [
  projects('319'),
  investment('2978.8', 'yiYuan'),
  { measure: 'startedCount', value: '266', unit: 'projects' },
  { measure: 'operatingRate', value: '83.4', unit: 'percent' },
  { measure: 'fundsInPlace', value: '1365.5', unit: 'yiYuan' },
  {
    measure: 'registrationRate',
    value: '90',
    unit: 'percent',
    comparator: 'more_than',
    note: '公布为“超过90%”，是下限而非实数。Published as “over 90 %”: a lower bound, not a count.',
  },
];

const contracted2020: Printed = {
  measure: 'contractedFunds',
  value: '2673',
  unit: 'yiYuan',
  asOf: '2021-01-31',
  note: '公布为“2021年1月”，此处取该月最后一天。Published for January 2021; its last day stands in for it.',
};

const breakdown2022: Printed[] = [
  ...among('minInvestment=1000000000', projects('32'), investment('73.91', 'billionYuan')),
  ...among('minInvestment=5000000001', { ...projects('3'), note: above('5 billion') }),
  ...among('minInvestment=10000000001', { ...projects('2'), note: above('10 billion') }),
  ...among('top500=true', projects('14'), investment('30.86', 'billionYuan')),
  ...among('industry=C', projects('65'), investment('63.828', 'billionYuan')),
];

const published = (
  event: string,
  asOf: string,
  source: Source,
  figures: readonly Printed[],
): NewPublishedFigure[] => figures.map((figure) => ({ event, filter: PROVINCIAL, asOf, source, ...figure }));

const outreach2022: Printed[] = [
  { measure: 'top500Connected', value: '30', unit: 'enterprises', comparator: 'more_than' },
  { measure: 'seniorGuestCount', value: '50', unit: 'guests', comparator: 'more_than' },
  {
    measure: 'nationalZoneCount',
    value: '10',
    unit: 'zones',
    note: '派小分队参加第五届中国国际进口博览会的国家级园区。National-level zones that sent small teams to the 5th China International Import Expo.',
  },
];

export const demoFigures: readonly NewPublishedFigure[] = [
  ...published(hyrd2020.code, '2022-08-31', hunanDaily, [...counted2020, contracted2020]),
  ...published(hyrd2022.code, '2022-11-04', chinaNews, [projects('88'), investment('935.88', 'yiYuan')]),
  ...published(hyrd2022.code, '2022-11-04', huasheng, breakdown2022),
  ...published(
    hyrd2022.code,
    '2022-11-02',
    hunanDaily,
    outreach2022.map((figure) => ({ ...figure, filter: null })),
  ),
];
