/** The cluster that public reports name, with the two members that they name and six that stand for the others. */
import { dongjiaEnterprise } from './cases.ts';
import { type DemoCluster, type DemoEnterprise, type DemoMember, padded } from './rows.ts';

/** The day of the report: what it says was so by then, and what it expects counts from then. */
const REPORTED_ON = '2022-11-03';

/** Stands for "by then" where no day was published. */
const BY_THEN = '2022-11-02';

const named = (key: string, name: string): DemoEnterprise => ({
  key,
  name,
  nameEn: null,
  socialCreditCode: null,
  country: null,
  province: null,
  rankings: [],
});

const namedMembers = [
  named('zhongyong', '东莞众用电子有限公司'),
  named('wentai', '深圳稳泰自动化科技有限公司'),
];

const sampleKey = (number: number): string => `sample-supplier-${padded(number, 2)}`;

/** Made up, in the order of the days. */
const samples = [
  ['upstream', '2020-11-18'],
  ['upstream', '2021-03-25'],
  ['supporting', '2021-07-08'],
  ['downstream', '2021-12-15'],
  ['upstream', '2022-04-20'],
  ['downstream', '2022-08-10'],
] as const;

const sampleMembers = samples.map(
  (_, i): DemoEnterprise => ({
    ...named(sampleKey(i + 1), `示例配套企业 ${padded(i + 1, 2)}`),
    nameEn: `Sample cluster enterprise ${padded(i + 1, 2)}`,
  }),
);

/** All that is in the cluster but its leader. */
export const clusterEnterprises: readonly DemoEnterprise[] = [...namedMembers, ...sampleMembers];

const namedNote = [
  '公开报道的内容：该企业为临武电子电容产业集聚区龙头企业引进的上下游企业之一。',
  '未公布的内容：引进日期（11月2日仅表示“2022年11月3日报道时已引进”）；上游、下游或配套的角色（此处记为配套，为演示编造）；是否随某一项目引进（留空）。',
  'As reported: one of the upstream and downstream enterprises that the leader of the cluster has drawn in.',
  'Not published: the day of its introduction (2 November only stands for "by the report of 3 November 2022"); its role (recorded here as supporting, made up for this demo); the project that it came with, if any (left empty).',
].join('\n');

const sampleNote = [
  '演示数据，由程序生成，并非真实企业：代表报道中未列名的六家之一，角色和引进日期均为编造。',
  'Generated demo data; not a real enterprise. It stands for one of the six that the report does not name; its role and the day of its introduction are made up.',
].join('\n');

const members: DemoMember[] = [
  ...samples.map(
    ([role, introducedOn], i): DemoMember => ({
      enterprise: sampleKey(i + 1),
      role,
      introducedOn,
      note: sampleNote,
    }),
  ),
  ...namedMembers.map(
    ({ key }): DemoMember => ({
      enterprise: key,
      role: 'supporting',
      introducedOn: BY_THEN,
      note: namedNote,
    }),
  ),
];

export const linwu: DemoCluster = {
  name: '临武电子电容产业集聚区',
  nameEn: 'Linwu electronic-capacitor cluster',
  region: '431025',
  industry: '39',
  leader: dongjiaEnterprise.key,
  targets: [{ count: 10, from: REPORTED_ON, by: '2025-11-03' }],
  note: [
    '公开报道的内容（2022年11月3日）：龙头企业东佳（郴州）电子有限公司已引进上下游企业8家，其中有东莞众用电子有限公司、深圳稳泰自动化科技有限公司；预计三年内再引进10家。',
    '未公布的内容：其余六家的名称（以“示例配套企业”代）；各家的角色和引进日期（编造，见各自备注）；“三年内”的起止日（此处自报道之日起算）；行业代码（按产品归入）。报道之后的引进情况未见公布，此处没有记录：目标一项为 0 并不表示实际未引进。',
    'As reported on 3 November 2022: the leader, 东佳（郴州）电子有限公司, has drawn in 8 upstream and downstream enterprises, 东莞众用电子有限公司 and 深圳稳泰自动化科技有限公司 among them; 10 more are expected within three years.',
    'Not published: the names of the other six (sample enterprises stand for them); the roles and the days of introduction (made up, see the note of each); the days between which the three years lie (counted here from the day of the report); the industry code (assigned by what is made). What came after the report was not published and is not recorded here: that nothing counts for the target does not mean that nobody came.',
  ].join('\n'),
  members,
};
