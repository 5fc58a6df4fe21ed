/** What public reports name: the two editions and two of their projects, each saying what was not published. */
import { MILLION } from './allocation.ts';
import type { DemoEnterprise, DemoEvent, DemoProject } from './rows.ts';

export const hyrd2020: DemoEvent = {
  code: 'hyrd-2020',
  name: '2020年沪洽周',
  nameEn: '2020 Hunan–Yangtze River Delta week',
  series: 'hyrd',
  edition: 2020,
  hostCity: '上海',
  startsOn: '2020-06-29',
  endsOn: '2020-06-29',
  note: '闭幕日期未公布，以开幕日代。\nThe closing day was not published; the opening day stands in for it.',
};

export const hyrd2022: DemoEvent = {
  code: 'hyrd-2022',
  name: '2022年沪洽周',
  nameEn: '2022 Hunan–Yangtze River Delta week',
  series: 'hyrd',
  edition: 2022,
  hostCity: '上海',
  startsOn: '2022-11-03',
  endsOn: '2022-11-08',
  note: null,
};

export const dongjiaEnterprise: DemoEnterprise = {
  key: 'dongjia',
  name: '东佳（郴州）电子有限公司',
  nameEn: null,
  socialCreditCode: null,
  country: null,
  province: null,
  rankings: [],
};

type NamedCase = Omit<DemoProject, 'code'>;

const signedAtTheEdition = {
  event: hyrd2020.code,
  level: 'provincial',
  signedOn: hyrd2020.startsOn,
  contractedFundsYuan: null,
  funds: [],
} as const satisfies Partial<NamedCase>;

export const yaohua: NamedCase = {
  ...signedAtTheEdition,
  name: '瑶华半导体',
  nameEn: 'Yaohua Semiconductor',
  description:
    '射频模组封装测试生产线和微电子研发中心。\nRF module packaging-and-testing lines and a microelectronics R&D centre.',
  region: null,
  industry: '39',
  investors: [],
  investmentYuan: 600 * MILLION,
  investmentEstimated: true,
  startedOn: '2020-09-30',
  productionOn: '2020-12-31',
  note: [
    '公开报道的内容：2020年沪洽周签约，2020年9月开工，2020年12月投产。',
    '未公布的内容：具体日期（9月30日、12月31日仅表示“当月”，签约日以活动开幕日代）；投资额（此处金额为演示编造，标为估计）；项目级别（此处按省级计）；行业代码（按建设内容归入）。所在地、投资方、注册日期、合同引资额和到位资金未公布，一律留空。',
    'As reported: signed at the 2020 edition, started in September 2020, in production in December 2020.',
    'Not published: the days (30 September and 31 December only stand for "in that month", the opening day of the event for the day of signing); the amount (made up for this demo, marked as estimated); the level (counted here as provincial); the industry code (assigned by what is built). The place, the investors, the registration, the contracted funds and the funds in place were not published and are left empty.',
  ].join('\n'),
};

export const dongjia: NamedCase = {
  ...signedAtTheEdition,
  name: '东佳电子高科技创新产业园',
  nameEn: 'Dongjia Electronics High-tech Innovation Industrial Park',
  description: null,
  region: '431025',
  industry: '39',
  investors: [dongjiaEnterprise.key],
  investmentYuan: 3_000 * MILLION,
  investmentEstimated: false,
  note: [
    '公开报道的内容：2020年沪洽周签约，投资额30亿元；东佳（郴州）电子有限公司是临武电子电容产业集聚区的龙头企业。',
    '未公布的内容：签约日（以活动开幕日代）；项目级别（此处按省级计）；行业代码（按项目名称归入）；投资方（此处记为该龙头企业）。注册、开工、竣工、投产日期及合同引资额、到位资金未公布，一律留空，因此本项目在此计为未开工。',
    'As reported: signed at the 2020 edition, 3 billion yuan; 东佳（郴州）电子有限公司 is the leader of the electronic-capacitor cluster in Linwu County.',
    'Not published: the day of signing (the opening day of the event stands in for it); the level (counted here as provincial); the industry code (assigned by the name of the project); the investor (recorded here as that leader). The days of registration, start, completion and production, the contracted funds and the funds in place were not published and are left empty, so that the project counts here as not started.',
  ].join('\n'),
};
