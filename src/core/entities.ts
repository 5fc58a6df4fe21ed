/** The entities of the service and their names. */
import type { Message } from './languages.ts';

/** Names of the resources for messages. */
export const nouns = {
  projects: { en: 'project', zh: '项目' },
  funds: { en: 'funds entry', zh: '到位资金记录' },
  events: { en: 'event', zh: '经贸活动' },
  enterprises: { en: 'enterprise', zh: '企业' },
  zones: { en: 'zone', zh: '园区' },
  regions: { en: 'region', zh: '行政区划' },
  industries: { en: 'industry', zh: '行业' },
  keys: { en: 'key', zh: '密钥' },
  imports: { en: 'import', zh: '导入' },
  mappings: { en: 'mapping', zh: '映射' },
  clusters: { en: 'cluster', zh: '产业集群' },
  cluster_members: { en: 'cluster member', zh: '集群成员企业' },
  delegations: { en: 'delegation', zh: '小分队' },
  contacts: { en: 'contact', zh: '对接记录' },
  webhooks: { en: 'webhook', zh: '变更推送' },
  published_figures: { en: 'published figure', zh: '已公布数据' },
} as const satisfies Record<string, Message>;

/** Also the name of the table, the path, and the prefix of error codes of a resource. */
export type Entity = keyof typeof nouns;
