/**
 * The possible sentences of a briefing, in order. A sentence or clause appears only if all its facts are
 * known and not zero; nothing else decides. The facts are those of `facts.ts`.
 */
import type { Sentence } from './wording.ts';

export const sentences: readonly Sentence[] = [
  {
    code: 'opening',
    clauses: [
      [
        { zh: '{event}于{startsOn}在{hostCity}开幕', en: '{event} opened on {startsOn}' },
        { zh: '{event}于{startsOn}开幕', en: '{event} opened on {startsOn}' },
      ],
    ],
  },
  {
    code: 'signed',
    clauses: [
      [
        {
          needs: ['startsOn'],
          zh: '截至{asOf}，共签约项目{all.projectCount}个，投资总额{all.totalInvestment}',
          en: 'As of {asOf}, {all.projectCount} {all.projectCount:project|projects} had been signed, with a total investment of {all.totalInvestment}',
        },
        {
          zh: '截至{asOf}，{event}已签约项目{all.projectCount}个，投资总额{all.totalInvestment}',
          en: 'As of {asOf}, {all.projectCount} {all.projectCount:project|projects} had been signed for {event}, with a total investment of {all.totalInvestment}',
        },
      ],
    ],
  },
  {
    code: 'parts',
    opening: [{ zh: '其中，', en: 'Of these, ' }],
    clauses: [
      [
        {
          zh: '{top500}企业投资项目{top500.projectCount}个，投资额{top500.totalInvestment}',
          en: '{top500.projectCount} {top500.projectCount:has|have} an investor on one of the {top500} lists, for {top500.totalInvestment}',
        },
      ],
      [
        {
          zh: '制造业项目{manufacturing.projectCount}个，投资额{manufacturing.totalInvestment}',
          en: '{manufacturing.projectCount} {manufacturing.projectCount:is|are} in manufacturing, for {manufacturing.totalInvestment}',
        },
      ],
      [
        {
          zh: '{large.threshold}以上的项目{large.projectCount}个，投资额{large.totalInvestment}',
          en: '{large.projectCount} {large.projectCount:is|are} of {large.threshold} or more, for {large.totalInvestment}',
        },
      ],
      [
        {
          zh: '超过{over5Billion.threshold}的项目{over5Billion.projectCount}个',
          en: '{over5Billion.projectCount} {over5Billion.projectCount:is|are} of more than {over5Billion.threshold}',
        },
      ],
      [
        {
          zh: '超过{over10Billion.threshold}的项目{over10Billion.projectCount}个',
          en: '{over10Billion.projectCount} {over10Billion.projectCount:is|are} of more than {over10Billion.threshold}',
        },
      ],
    ],
  },
  {
    code: 'contracted',
    clauses: [
      [
        {
          zh: '合同引资额{all.contractedFunds}',
          en: 'Contracted funds came to {all.contractedFunds}',
        },
        {
          zh: '合同引资额超过{all.contractedFunds.above}',
          en: 'Contracted funds came to more than {all.contractedFunds.above}',
        },
        {
          zh: '合同引资额不少于{all.contractedFunds.atLeast}',
          en: 'Contracted funds came to at least {all.contractedFunds.atLeast}',
        },
      ],
    ],
  },
  {
    code: 'progress',
    opening: [{ zh: '', en: 'By then, ' }],
    clauses: [
      [
        {
          zh: '已注册项目{all.registeredCount}个，注册率{all.registrationRate}',
          en: '{all.registeredCount} {all.registeredCount:project|projects} had been registered (registration rate {all.registrationRate})',
        },
        {
          zh: '已注册项目{all.registeredCount}个',
          en: '{all.registeredCount} {all.registeredCount:project|projects} had been registered',
        },
      ],
      [
        {
          zh: '已开工项目{all.startedCount}个，开工率{all.operatingRate}',
          en: '{all.startedCount} {all.startedCount:project|projects} had started (operating rate {all.operatingRate})',
        },
        {
          zh: '已开工项目{all.startedCount}个',
          en: '{all.startedCount} {all.startedCount:project|projects} had started',
        },
      ],
      [
        {
          zh: '已竣工项目{all.completedCount}个，竣工率{all.completionRate}',
          en: '{all.completedCount} {all.completedCount:project|projects} had been completed (completion rate {all.completionRate})',
        },
        {
          zh: '已竣工项目{all.completedCount}个',
          en: '{all.completedCount} {all.completedCount:project|projects} had been completed',
        },
      ],
      [
        {
          zh: '已投产项目{all.inProductionCount}个，投产率{all.productionRate}',
          en: '{all.inProductionCount} {all.inProductionCount:project|projects} had gone into production (production rate {all.productionRate})',
        },
        {
          zh: '已投产项目{all.inProductionCount}个',
          en: '{all.inProductionCount} {all.inProductionCount:project|projects} had gone into production',
        },
      ],
    ],
  },
  {
    code: 'funds',
    clauses: [
      [
        {
          zh: '到位资金{all.fundsInPlace}，资金到位率{all.fundsInPlaceRate}',
          en: 'Funds in place came to {all.fundsInPlace} (funds-in-place rate {all.fundsInPlaceRate})',
        },
        { zh: '到位资金{all.fundsInPlace}', en: 'Funds in place came to {all.fundsInPlace}' },
      ],
    ],
  },
  {
    code: 'sameYear',
    clauses: [
      [
        {
          needs: ['sameYear.some'],
          zh: '当年签约、当年开工、当年投产的项目{all.sameYearCount}个，包括{sameYear}',
          en: 'Within one calendar year, {all.sameYearCount} {all.sameYearCount:project was|projects were} signed, started and in production, among them {sameYear}',
        },
        {
          zh: '当年签约、当年开工、当年投产的项目{all.sameYearCount}个：{sameYear}',
          en: 'Within one calendar year, {all.sameYearCount} {all.sameYearCount:project was|projects were} signed, started and in production: {sameYear}',
        },
      ],
    ],
  },
  {
    code: 'fastest',
    clauses: [
      [
        {
          needs: ['all.terminatedCount'],
          zh: '未终止的项目中，从签约到投产最快的是{fastest}，用时{fastest.days}天',
          en: 'Of the projects that have not been terminated, the fastest from signing to production was {fastest}, in {fastest.days} {fastest.days:day|days}',
        },
        {
          zh: '从签约到投产最快的项目是{fastest}，用时{fastest.days}天',
          en: 'The fastest from signing to production was {fastest}, in {fastest.days} {fastest.days:day|days}',
        },
      ],
    ],
  },
  {
    code: 'largest',
    clauses: [
      [
        {
          needs: ['all.terminatedCount'],
          zh: '未终止且已披露投资额的项目中，投资额居前的是{largest}',
          en: 'Among the projects that have not been terminated and whose amounts are disclosed, the largest {largest:is|are} {largest}',
        },
        {
          zh: '已披露投资额的项目中，投资额居前的是{largest}',
          en: 'Among the projects whose amounts are disclosed, the largest {largest:is|are} {largest}',
        },
      ],
    ],
  },
  {
    code: 'outreach',
    opening: [
      { needs: ['all.projectCount'], zh: '', en: 'By then, ' },
      { needs: ['startsOn'], zh: '截至{asOf}，', en: 'As of {asOf}, ' },
      { zh: '截至{asOf}，为筹备{event}，', en: 'As of {asOf}, in preparation for {event}, ' },
    ],
    clauses: [
      [
        {
          zh: '已对接企业{outreach.enterprisesConnected}家，其中{top500}企业{outreach.top500Connected}家',
          en: '{outreach.enterprisesConnected} {outreach.enterprisesConnected:enterprise|enterprises} had been met, among them {outreach.top500Connected} on the {top500} lists',
        },
        {
          zh: '已对接企业{outreach.enterprisesConnected}家',
          en: '{outreach.enterprisesConnected} {outreach.enterprisesConnected:enterprise|enterprises} had been met',
        },
      ],
      [
        {
          zh: '中国区副总裁及以上嘉宾{outreach.seniorGuestCount}人次',
          en: '{outreach.seniorGuestCount} {outreach.seniorGuestCount:guest was|guests were} of the level of China-region vice president or above',
        },
      ],
      [
        {
          zh: '派出小分队的国家级园区{outreach.nationalZoneCount}个',
          en: '{outreach.nationalZoneCount} national-level {outreach.nationalZoneCount:zone|zones} had sent delegations',
        },
      ],
    ],
  },
  {
    code: 'cluster',
    clauses: [
      [
        {
          zh: '{cluster}龙头企业{cluster.leader}已引进上下游及配套企业{cluster.introduced}家',
          en: '{cluster.leader}, the leader of {cluster}, has attracted {cluster.introduced} upstream, downstream and supporting {cluster.introduced:enterprise|enterprises}',
        },
        {
          zh: '{cluster}已引进上下游及配套企业{cluster.introduced}家',
          en: '{cluster} has attracted {cluster.introduced} upstream, downstream and supporting {cluster.introduced:enterprise|enterprises}',
        },
      ],
      [
        {
          zh: '计划到{target.by}再引进{target.count}家，其中已引进且未退出{target.introduced}家',
          en: '{target.count} more {target.count:is|are} planned by {target.by}, of which {target.introduced} {target.introduced:has|have} been introduced and remain in the cluster',
        },
        {
          zh: '计划到{target.by}再引进{target.count}家',
          en: '{target.count} more {target.count:is|are} planned by {target.by}',
        },
      ],
    ],
  },
];
