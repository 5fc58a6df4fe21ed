/** The sheet of projects: one row per field, used for writing, reading and explaining columns. */
import type { Language } from '../../core/languages.ts';
import { inWords } from '../../core/names.ts';
import { type Column, cellMaker, column, type SheetTable, words } from '../../sheets/columns.ts';
import type { Cell } from '../../sheets/sheet.ts';
import type { Unit } from '../../sheets/units.ts';
import type { ExportedProject } from './batches.ts';
import { levelNames, statusNames } from './names.ts';

export interface ProjectColumn extends Column {
  /** The project's field, or the part of one that the column contains. */
  field: keyof ExportedProject | 'investorCodes';
}

const given = column<ProjectColumn['field']>;

/** A column computed by the service. */
const derived: typeof given = (field, kind, zh, en, synonyms, options) =>
  given(field, kind, zh, en, synonyms, { ...options, derived: true });

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

const overdueWords = words({ start: ['逾期未开工', 'start'], production: ['逾期未投产', 'production'] });

export const columns: readonly ProjectColumn[] = [
  given('code', 'code', '项目编号', 'Code', ['项目编码', '项目代码', '编号', 'Project code'], { width: 20 }),
  given('name', 'text', '项目名称', 'Name', ['项目', '名称', '签约项目', 'Project name', 'Project'], {
    width: 40,
  }),
  given('nameEn', 'text', '英文名称', 'English name', ['项目英文名称', 'Name (English)'], { width: 32 }),
  given(
    'description',
    'text',
    '建设内容',
    'Description',
    ['项目简介', '项目内容', '主要建设内容', '建设内容及规模', '项目概况'],
    { width: 40 },
  ),
  given('event', 'code', '经贸活动', 'Event', ['活动', '签约活动', '届次', '节会'], { width: 16 }),
  given('level', 'code', '项目级别', 'Level', ['级别', '层级', 'Project level'], {
    words: levelNames,
    otherWords: LEVEL_WORDS,
  }),
  given('region', 'code', '行政区划', 'Region', [
    '行政区划代码',
    '区划代码',
    '所在地',
    '属地',
    '市州',
    'Region code',
  ]),
  given('zone', 'code', '园区', 'Zone', ['所在园区', '承接园区', '开发区', '落户园区', 'Development zone'], {
    width: 20,
  }),
  given('industry', 'code', '行业', 'Industry', [
    '行业代码',
    '行业类别',
    '所属行业',
    '产业',
    'Industry code',
  ]),
  given('investors', 'list', '投资方', 'Investors', [
    '投资主体',
    '投资企业',
    '投资单位',
    '投资商',
    '投资者',
    '投资方名称',
    '投资企业名称',
    '投资单位名称',
    '投资商名称',
    '投资主体名称',
    '客商名称',
    'Investor',
  ]),
  given('investorCodes', 'list', '投资方统一社会信用代码', 'Social credit codes of the investors', [
    '统一社会信用代码',
    '社会信用代码',
    '信用代码',
    'Social credit code',
  ]),
  given('owner', 'text', '责任单位', 'Responsible unit', ['负责单位', '牵头单位', '承办单位', 'Owner']),
  given('contractAmount', 'code', '合同金额', 'Contract amount', ['合同额', '签约金额'], {
    width: 18,
    form: 'decimal',
  }),
  given('contractCurrency', 'code', '合同币种', 'Contract currency', ['币种', 'Currency'], {
    width: 10,
    form: 'upper_case',
  }),
  given(
    'investmentYuan',
    'money',
    '投资总额',
    'Investment',
    [
      '总投资',
      '总投资额',
      '投资额',
      '项目总投资',
      '项目总投资额',
      '计划总投资',
      '计划总投资额',
      '协议投资额',
      '协议总投资',
      '协议总投资额',
      '签约总投资',
      '签约总投资额',
      '签约投资额',
      '投资规模',
      'Total investment',
      'Investment amount',
    ],
    { original: { amount: 'contractAmount', currency: 'contractCurrency' } },
  ),
  given('investmentEstimated', 'flag', '投资额为估算', 'Investment estimated', ['是否估算', 'Estimated']),
  given('contractedFundsYuan', 'money', '合同引资额', 'Contracted funds', ['引资额', '合同引资', '引进资金']),
  given('signedOn', 'day', '签约日期', 'Signed', [
    '签约时间',
    '签约日',
    '签约年月日',
    '签订时间',
    '签订日期',
    '项目签约时间',
    '项目签约日期',
    'Signing date',
    'Date signed',
  ]),
  given('registeredOn', 'day', '注册日期', 'Registered', ['注册时间', '工商注册时间', 'Registration date']),
  given('startedOn', 'day', '开工日期', 'Started', [
    '开工时间',
    '开工日',
    '实际开工时间',
    '实际开工日期',
    'Start date',
  ]),
  given('completedOn', 'day', '竣工日期', 'Completed', [
    '竣工时间',
    '完工时间',
    '完工日期',
    'Completion date',
  ]),
  given('productionOn', 'day', '投产日期', 'In production', [
    '投产时间',
    '投运日期',
    '投运时间',
    'Production date',
  ]),
  given('suspendedOn', 'day', '停工日期', 'Suspended', ['停工时间', 'Suspension date']),
  given('resumedOn', 'day', '复工日期', 'Resumed', ['复工时间', 'Resumption date']),
  given('terminatedOn', 'day', '终止日期', 'Terminated', [
    '终止时间',
    '解约日期',
    '解约时间',
    'Termination date',
  ]),
  given('agreedStartOn', 'day', '约定开工日期', 'Agreed start', [
    '约定开工时间',
    '计划开工时间',
    '拟开工时间',
  ]),
  given('agreedProductionOn', 'day', '约定投产日期', 'Agreed production', [
    '约定投产时间',
    '计划投产时间',
    '拟投产时间',
  ]),
  given('note', 'text', '备注', 'Note', ['说明', 'Notes', 'Remarks'], { width: 32 }),
  derived('operatingStatus', 'code', '项目状态', 'Operating status', ['状态', 'Status'], {
    words: statusNames,
  }),
  derived('fundsInPlaceYuan', 'money', '到位资金', 'Funds in place', ['到位资金额', '实际到位资金']),
  derived('sameYear', 'flag', '当年签约当年开工当年投产', 'Signed, started and producing in one year'),
  derived('overdue', 'list', '逾期事项', 'Overdue', [], { words: overdueWords, width: 14 }),
  // Read only for comparison: a row that changed since the export is not overwritten.
  derived('version', 'integer', '版本', 'Version', [], { compared: true }),
  derived('id', 'code', '系统编号', 'Id', ['ID'], { width: 38 }),
  derived('createdAt', 'instant', '录入时间', 'Recorded'),
  derived('updatedAt', 'instant', '更新时间', 'Updated'),
  derived('archivedAt', 'instant', '归档时间', 'Archived'),
];

export const projectSheet: SheetTable = {
  key: 'code',
  columns,
  // Allows rows from responses to be imported.
  embedded: { field: 'investors', ids: 'investorIds' },
};

type Value = string | number | boolean | null;

type Reading = (project: ExportedProject) => Value;

/** One value per line, in the order of the investors; null if all are empty. */
const lines = (items: readonly string[]): string | null => (items.some(Boolean) ? items.join('\n') : null);

function readingOf({ field, words }: ProjectColumn, language: Language): Reading {
  switch (field) {
    case 'investors':
      return ({ investors }) => lines(investors.map(({ name }) => name));
    case 'investorCodes':
      return ({ investors }) => lines(investors.map(({ socialCreditCode }) => socialCreditCode ?? ''));
    case 'overdue':
      return ({ overdue }) => lines(overdue.map((missed) => inWords(missed, words, language)));
    default:
      return (project) => project[field];
  }
}

/** Returns a function that converts a project to a row of cells, in the order of `columns`. */
export function rowMaker(language: Language, unit: Unit): (project: ExportedProject) => Cell[] {
  const cells = columns.map((column) => {
    const read = readingOf(column, language);
    const write = cellMaker(column, language, unit);
    return (project: ExportedProject): Cell => write(read(project));
  });
  return (project) => cells.map((cell) => cell(project));
}
