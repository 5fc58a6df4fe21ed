/**
 * What can be imported, and the columns of each: what a heading may say, what its cells hold, and which field of the API
 * they are. A new kind of import is an entry here.
 */
import { roles } from '../../features/clusters/membership.ts';
import { type Kind, columns as projectColumns } from '../../features/exports/columns.ts';
import { channels, guestLevels } from '../../features/outreach/stages.ts';
import { type Names, named, zoneLevelNames } from '../../features/projects/names.ts';

export const importEntities = [
  'projects',
  'enterprises',
  'regions',
  'zones',
  'industries',
  'funds',
  'events',
  'contacts',
  'cluster_members',
] as const;
export type ImportEntity = (typeof importEntities)[number];

/** What a text may name. */
export type Reference =
  | 'projects'
  | 'enterprises'
  | 'events'
  | 'regions'
  | 'zones'
  | 'industries'
  | 'delegations'
  | 'clusters';

export interface ImportColumn {
  /** The API's word. Of projects, `investors` and `investorCodes` stand for `investorIds`. */
  field: string;
  kind: Kind;
  zh: string;
  en: string;
  /** What sheets from elsewhere call it. No two columns of an entity share one. */
  synonyms: readonly string[];
  /** Worked out by the service: recognised, and not read. */
  derived: boolean;
  /** What stands for a code in a sheet, by language. */
  words?: Names;
  /** What else does, to its code. */
  otherWords?: Readonly<Record<string, string>>;
  /** What the text names, by its code or its name. */
  reference?: Reference;
}

export interface ImportTable {
  /** The field whose column is enough to know a row of headings by. */
  key: string;
  columns: readonly ImportColumn[];
}

const LEVEL_WORDS = {
  省: 'provincial',
  省级项目: 'provincial',
  市: 'municipal',
  市州级: 'municipal',
  市级项目: 'municipal',
  县: 'county',
  县区级: 'county',
  区县级: 'county',
  县级项目: 'county',
};

const projectReferences: Readonly<Record<string, Reference>> = {
  event: 'events',
  region: 'regions',
  zone: 'zones',
  industry: 'industries',
  investors: 'enterprises',
  investorCodes: 'enterprises',
};

const projects: ImportTable = {
  key: 'code',
  columns: projectColumns.map(({ width: _, field, derived, ...column }): ImportColumn => {
    const reference = projectReferences[field];
    return {
      ...column,
      field,
      // Not to be changed, but to be compared: a row that changed since is not overwritten.
      derived: derived && field !== 'version',
      ...(reference && { reference }),
      ...(field === 'level' && { otherWords: LEVEL_WORDS }),
    };
  }),
};

type Options = Partial<Pick<ImportColumn, 'words' | 'otherWords' | 'reference'>>;

const column = (
  field: string,
  kind: Kind,
  zh: string,
  en: string,
  synonyms: readonly string[] = [],
  options: Options = {},
): ImportColumn => ({ field, kind, zh, en, synonyms, derived: false, ...options });

const nameEn = column('nameEn', 'text', '英文名称', 'English name', ['英文名', 'Name (English)', 'nameEn']);

/** Of what may have no code: what an export says is found again. */
const id = column('id', 'code', '系统编号', 'Id');

const enterprises: ImportTable = {
  key: 'name',
  columns: [
    id,
    column('name', 'text', '企业名称', 'Name', [
      '名称',
      '企业',
      '单位名称',
      '公司名称',
      'Enterprise',
      'Company',
    ]),
    nameEn,
    column('socialCreditCode', 'code', '统一社会信用代码', 'Social credit code', [
      '社会信用代码',
      '信用代码',
      'Unified social credit code',
      'socialCreditCode',
    ]),
    column('country', 'code', '国别', 'Country', ['国家', '国家代码', '国别代码', 'Country code']),
    column('province', 'text', '省份', 'Province', ['所在省份', '所属省份', '省', 'Province or state']),
  ],
};

const events: ImportTable = {
  key: 'code',
  columns: [
    column('code', 'code', '活动代码', 'Code', ['代码', '编号', '活动编号', '经贸活动代码', 'Event code']),
    column('name', 'text', '活动名称', 'Name', ['名称', '经贸活动', '活动', 'Event', 'Event name']),
    nameEn,
    column('series', 'text', '系列', 'Series', ['活动系列']),
    column('edition', 'integer', '届次', 'Edition', ['年份', '届', 'Year']),
    column('hostCity', 'text', '举办城市', 'Host city', ['举办地', '举办地点', 'City', 'hostCity']),
    column('startsOn', 'day', '开始日期', 'Starts', ['开始时间', '开幕日期', 'Start date', 'startsOn']),
    column('endsOn', 'day', '结束日期', 'Ends', ['结束时间', '闭幕日期', 'End date', 'endsOn']),
    column('note', 'text', '备注', 'Note', ['说明', 'Notes', 'Remarks']),
  ],
};

const regions: ImportTable = {
  key: 'code',
  columns: [
    column('code', 'code', '行政区划代码', 'Code', ['代码', '区划代码', 'Region code']),
    column('name', 'text', '名称', 'Name', [
      '行政区划',
      '行政区划名称',
      '区划名称',
      '地区',
      'Region',
      'Region name',
    ]),
    nameEn,
    column('parent', 'code', '上级代码', 'Parent', ['上级', '上级区划', '上级行政区划', 'Parent code'], {
      reference: 'regions',
    }),
  ],
};

const industries: ImportTable = {
  key: 'code',
  columns: [
    column('code', 'code', '行业代码', 'Code', ['代码', '类别代码', 'Industry code']),
    column('name', 'text', '名称', 'Name', ['行业', '行业名称', '类别名称', 'Industry', 'Industry name']),
    nameEn,
    column('parent', 'code', '上级代码', 'Parent', ['上级', '门类', '门类代码', 'Section', 'Parent code'], {
      reference: 'industries',
    }),
  ],
};

const zones: ImportTable = {
  key: 'code',
  columns: [
    column('code', 'code', '园区代码', 'Code', ['代码', '编号', 'Zone code']),
    column('name', 'text', '园区名称', 'Name', ['名称', '园区', '开发区', '开发区名称', 'Zone', 'Zone name']),
    nameEn,
    column('level', 'code', '园区级别', 'Level', ['级别'], { words: zoneLevelNames }),
    column(
      'region',
      'code',
      '行政区划',
      'Region',
      ['行政区划代码', '区划代码', '所在地', '属地', 'Region code'],
      {
        reference: 'regions',
      },
    ),
  ],
};

const funds: ImportTable = {
  key: 'project',
  columns: [
    column(
      'project',
      'code',
      '项目编号',
      'Project code',
      ['项目编码', '项目代码', '编号', 'Code', 'Project'],
      { reference: 'projects' },
    ),
    column('receivedOn', 'day', '到位日期', 'Received', [
      '到位时间',
      '到账日期',
      '到账时间',
      '日期',
      'Received on',
      'Date received',
      'Date',
    ]),
    column('amountYuan', 'money', '到位资金', 'Amount', [
      '到位金额',
      '到位资金额',
      '到账金额',
      '实际到位资金',
      '金额',
      'Funds in place',
      'Amount received',
    ]),
    column('note', 'text', '备注', 'Note', ['说明', 'Notes', 'Remarks']),
  ],
};

const wordsOf = (rows: readonly { code: string; zh: string; en: string }[]): Names =>
  named(rows.map(({ code, zh, en }) => ({ code, name: zh, nameEn: en })));

const contacts: ImportTable = {
  key: 'enterprise',
  columns: [
    id,
    column('code', 'code', '对接编号', 'Code', ['编号', '代码', '线索编号', 'Contact code']),
    column(
      'enterprise',
      'text',
      '企业名称',
      'Enterprise',
      ['企业', '对接企业', '名称', '单位名称', '公司名称', 'Company', 'Name'],
      { reference: 'enterprises' },
    ),
    column(
      'enterpriseCode',
      'code',
      '统一社会信用代码',
      'Social credit code',
      ['社会信用代码', '信用代码', 'Unified social credit code', 'socialCreditCode'],
      { reference: 'enterprises' },
    ),
    column('event', 'code', '经贸活动', 'Event', ['活动', '对接活动', '届次'], { reference: 'events' }),
    column(
      'delegation',
      'code',
      '小分队',
      'Delegation',
      ['小分队园区', '派出园区', '园区', 'Zone', 'Zone of the delegation'],
      { reference: 'delegations' },
    ),
    column(
      'region',
      'code',
      '行政区划',
      'Region',
      ['行政区划代码', '区划代码', '跟进地区', '市州', '属地', 'Region code'],
      { reference: 'regions' },
    ),
    column('channel', 'code', '对接方式', 'Channel', ['方式', '对接渠道', '渠道', '来源'], {
      words: wordsOf(channels),
    }),
    column('guestLevel', 'code', '嘉宾级别', 'Guest level', ['级别', '嘉宾职级', '职级', 'Level'], {
      words: wordsOf(guestLevels),
    }),
    column('contactedOn', 'day', '对接日期', 'Contacted', [
      '对接时间',
      '日期',
      '接触日期',
      'Contact date',
      'Date',
    ]),
    column('negotiatingOn', 'day', '洽谈日期', 'Negotiating', [
      '洽谈时间',
      '进入洽谈日期',
      'Negotiation date',
    ]),
    column('signedOn', 'day', '签约日期', 'Signed', ['签约时间', 'Signing date', 'Date signed']),
    column('lostOn', 'day', '流失日期', 'Lost', ['流失时间', '放弃日期', 'Date lost']),
    column('project', 'code', '项目编号', 'Project code', ['项目编码', '项目代码', '形成项目', 'Project'], {
      reference: 'projects',
    }),
    column('note', 'text', '备注', 'Note', ['说明', 'Notes', 'Remarks']),
  ],
};

const clusterMembers: ImportTable = {
  key: 'cluster',
  columns: [
    id,
    column(
      'cluster',
      'text',
      '产业集群',
      'Cluster',
      ['集群', '集群名称', '产业集群名称', '所属集群', 'Cluster name'],
      { reference: 'clusters' },
    ),
    column(
      'enterprise',
      'text',
      '企业名称',
      'Enterprise',
      [
        '企业',
        '成员企业',
        '引进企业',
        '配套企业',
        '名称',
        '单位名称',
        '公司名称',
        'Company',
        'Member',
        'Name',
      ],
      { reference: 'enterprises' },
    ),
    column(
      'enterpriseCode',
      'code',
      '统一社会信用代码',
      'Social credit code',
      ['社会信用代码', '信用代码', 'Unified social credit code', 'socialCreditCode'],
      { reference: 'enterprises' },
    ),
    column('role', 'code', '角色', 'Role', ['类型', '成员类型', '上下游', '产业链环节', '产业链位置'], {
      words: wordsOf(roles),
      otherWords: { 上游企业: 'upstream', 下游企业: 'downstream', 配套企业: 'supporting' },
    }),
    column('introducedOn', 'day', '引进日期', 'Introduced', [
      '引进时间',
      '入驻日期',
      '入驻时间',
      'Introduced on',
      'Date introduced',
    ]),
    column('leftOn', 'day', '退出日期', 'Left', ['退出时间', '迁出日期', '迁出时间', 'Left on', 'Date left']),
    column('project', 'code', '项目编号', 'Project code', ['项目编码', '项目代码', '带来项目', 'Project'], {
      reference: 'projects',
    }),
    column('note', 'text', '备注', 'Note', ['说明', 'Notes', 'Remarks']),
  ],
};

export const tables: Readonly<Record<ImportEntity, ImportTable>> = {
  projects,
  enterprises,
  regions,
  zones,
  industries,
  funds,
  events,
  contacts,
  cluster_members: clusterMembers,
};

/** The columns that a file may give values for. */
export const readColumns = (entity: ImportEntity): ImportColumn[] =>
  tables[entity].columns.filter(({ derived }) => !derived);
