/** Definitions of the briefing's figures that are not measures. */

export interface Definition {
  label: { zh: string; en: string };
  sentence: { zh: string; en: string };
}

const row = (label: Definition['label'], sentence: Definition['sentence']): Definition => ({
  label,
  sentence,
});

export const ownDefinitions = {
  asOf: row({ zh: '截至日', en: 'as-of day' }, { zh: '数据截至的日期。', en: 'Day of the figures.' }),
  startsOn: row(
    { zh: '开幕日', en: 'opening day' },
    { zh: '活动开始的日期。', en: 'The day on which the event begins.' },
  ),
  threshold: row(
    { zh: '投资额界限', en: 'bound of the investment' },
    {
      zh: '所计项目的投资额下限。',
      en: 'Lower bound of the investment of the projects counted.',
    },
  ),
  investmentYuan: row(
    { zh: '投资额', en: 'investment' },
    { zh: '该项目合同约定的投资额。', en: 'Investment of the project as agreed in the contract.' },
  ),
  days: row(
    { zh: '签约到投产天数', en: 'days from signing to production' },
    {
      zh: '该项目从签约到投产的天数。',
      en: 'Days from the signing of the project to the start of production.',
    },
  ),
  clusterIntroduced: row(
    { zh: '集群累计引进企业数', en: 'introduced into the cluster' },
    {
      zh: '截至该日累计引进的上下游及配套企业数，每家计一次，其后退出的也计入。',
      en: 'Upstream, downstream and supporting enterprises introduced by the day, each counted once, including those that have left.',
    },
  ),
  targetCount: row(
    { zh: '引进目标', en: 'target' },
    {
      zh: '集群目标期内计划引进的企业数。',
      en: 'Number of enterprises to be introduced in the period of the target.',
    },
  ),
  targetIntroduced: row(
    { zh: '目标期内已引进企业数', en: 'introduced towards the target' },
    {
      zh: '目标期内截至该日已引进且未退出的企业数。',
      en: 'Enterprises introduced in the period of the target by the day that have not left.',
    },
  ),
  targetBy: row(
    { zh: '目标截止日', en: 'last day of the target' },
    { zh: '目标期的最后一天。', en: 'Last day of the target.' },
  ),
} as const satisfies Record<string, Definition>;
