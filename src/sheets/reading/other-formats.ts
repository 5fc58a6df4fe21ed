/** Files that are no tables, by their names, with what to do instead. */
import type { Message } from '../../core/languages.ts';
import { Refusal } from './refusal.ts';

const SAVE = { en: 'open it and save its table as .xlsx', zh: '请打开后将表格另存为 .xlsx 文件' };
const UNPACK = { en: 'unpack it and send the file inside', zh: '请解压后发送其中的文件' };
const ENTER = { en: 'enter its table in a spreadsheet', zh: '请将其中的表格录入电子表格' };
const EXPORT = { en: 'export it as .xlsx', zh: '请导出为 .xlsx 文件' };

/** The kinds of files, and the remedy for each. */
const kinds = {
  pdf: [{ en: 'a PDF document', zh: ' PDF 文档' }, SAVE],
  image: [{ en: 'an image', zh: '图片' }, ENTER],
  archive: [{ en: 'a compressed archive', zh: '压缩包' }, UNPACK],
  numbers: [{ en: 'an Apple Numbers document', zh: ' Apple Numbers 文档' }, EXPORT],
  document: [{ en: 'a text document or presentation', zh: '文字文档或演示文稿' }, SAVE],
  markup: [{ en: 'HTML or XML, even if it is called .xls', zh: ' HTML 或 XML（即使扩展名为 .xls）' }, SAVE],
  json: [
    { en: 'a JSON document', zh: ' JSON 文档' },
    {
      en: 'send a mapping with it, or write one object per line (NDJSON)',
      zh: '请同时指定映射，或改为每行一个对象（NDJSON）',
    },
  ],
  other: [
    { en: 'of an unknown kind', zh: '无法识别的类型' },
    { en: 'save its table as .xlsx or CSV', zh: '请将表格另存为 .xlsx 或 CSV 文件' },
  ],
} as const satisfies Record<string, readonly [kind: Message, remedy: Message]>;

export type OtherKind = keyof typeof kinds;

export const otherFormat = (name: OtherKind): Refusal => {
  const [kind, remedy] = kinds[name];
  return new Refusal('imports.unknown_format', { kind, remedy });
};

/** In hexadecimal, the first bytes of files. */
const SIGNATURES: readonly (readonly [start: string, kind: OtherKind])[] = [
  ['255044462d', 'pdf'],
  ['89504e47', 'image'],
  ['ffd8ff', 'image'],
  ['4749463837', 'image'],
  ['4749463839', 'image'],
  ['49492a00', 'image'],
  ['4d4d002a', 'image'],
  ['1f8b', 'archive'],
  ['28b52ffd', 'archive'],
  ['377abcaf271c', 'archive'],
  ['526172211a07', 'archive'],
  ['fd377a585a00', 'archive'],
  ['7b5c727466', 'document'],
];

/** HTML and XML, which some systems save as `.xls`. */
const TEXTS: readonly (readonly [RegExp, OtherKind])[] = [
  [/^\s*<(!doctype|html|table|\?xml|workbook)/i, 'markup'],
];

export const kindByBytes = (start: Buffer): OtherKind | undefined => {
  const hex = start.subarray(0, 8).toString('hex');
  return SIGNATURES.find(([signature]) => hex.startsWith(signature))?.[1];
};

export const kindByText = (text: string): OtherKind | undefined =>
  TEXTS.find(([pattern]) => pattern.test(text))?.[1];

/** Parts of zip archives that tell what they are. */
const PARTS: readonly (readonly [RegExp, OtherKind])[] = [
  [/^Index(\/Document\.iwa|\.zip)$/, 'numbers'],
  [/^(word|ppt)\//, 'document'],
];

/** The kind of a zip archive by the names of its parts; undefined for a workbook. */
export const kindByParts = (names: readonly string[]): OtherKind | undefined =>
  names.some((name) => name.startsWith('xl/'))
    ? undefined
    : (PARTS.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1] ?? 'archive');
