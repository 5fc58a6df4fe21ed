/** The visible worksheets of a workbook, as tables. */
import { type Shown, shownBy } from './number-formats.ts';
import { kindByParts, otherFormat } from './other-formats.ts';
import { openPackage, type Package } from './package.ts';
import { Refusal } from './refusal.ts';
import type { ReadRequest, Source } from './rows.ts';
import { readSharedTexts } from './shared-texts.ts';
import { mergesIn } from './sheet-merges.ts';
import { type Book, SheetParser, sheetRows } from './sheet-rows.ts';
import { chosenSheets } from './sheets.ts';
import { type Attributes, malformed, readXml } from './xml.ts';

interface Element {
  tag: string;
  parent: string;
  attributes: Attributes;
}

/** The elements of a small part, in document order. */
async function elementsOf(parts: Package, name: string): Promise<Element[]> {
  const elements: Element[] = [];
  const path: string[] = [];
  readXml(await parts.text(name), {
    open: (tag, attributes) => {
      elements.push({ tag, parent: path.at(-1) ?? '', attributes: attributes() });
      path.push(tag);
    },
    close: () => path.pop(),
    text: () => undefined,
  });
  return elements;
}

/** Resolves the target of a relationship to the name of a part. */
function resolve(from: string, target: string): string {
  const path = target.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const step of target.split('/')) {
    if (step === '..') path.pop();
    else if (step !== '.' && step !== '') path.push(step);
  }
  return path.join('/');
}

interface Relation {
  id: string;
  /** The last segment of its type, which is the same in all versions of the format. */
  type: string;
  target: string;
}

async function relationsOf(parts: Package, name: string): Promise<Relation[]> {
  const slash = name.lastIndexOf('/') + 1;
  const relations = `${name.slice(0, slash)}_rels/${name.slice(slash)}.rels`;
  if (!parts.has(relations)) return [];
  return (await elementsOf(parts, relations))
    .filter(({ tag, attributes }) => tag === 'Relationship' && attributes.TargetMode !== 'External')
    .map(({ attributes: { Id = '', Type = '', Target = '' } }) => ({
      id: Id,
      type: Type.slice(Type.lastIndexOf('/') + 1),
      target: resolve(name, Target),
    }));
}

/** The main part of the workbook. @throws Refusal for other documents, and for workbooks with macros */
async function workbookIn(parts: Package): Promise<string> {
  if (!parts.has('[Content_Types].xml')) {
    const kind = kindByParts(parts.names());
    throw kind ? otherFormat(kind) : malformed('[Content_Types].xml');
  }
  const workbook = (await relationsOf(parts, '')).find(({ type }) => type === 'officeDocument')?.target;
  if (!workbook || !parts.has(workbook)) throw malformed('officeDocument');
  const types = await elementsOf(parts, '[Content_Types].xml');
  const own = ({ attributes: { PartName } }: Element) =>
    PartName?.toLowerCase() === `/${workbook.toLowerCase()}`;
  const type = types.find(own)?.attributes.ContentType;
  if (type?.includes('macroEnabled')) throw new Refusal('imports.macro_workbook');
  if (type && !type.includes('spreadsheetml')) throw otherFormat('document');
  return workbook;
}

/** For each cell style, how it shows numbers. */
async function stylesOf(parts: Package, name: string | undefined): Promise<Shown[]> {
  if (!name || !parts.has(name)) return [];
  const elements = await elementsOf(parts, name);
  const formats = new Map(
    elements
      .filter(({ tag }) => tag === 'numFmt')
      .map(({ attributes: { numFmtId, formatCode = '' } }) => [Number(numFmtId), formatCode]),
  );
  return elements
    .filter(({ tag, parent }) => tag === 'xf' && parent === 'cellXfs')
    .map(({ attributes: { numFmtId = '0' } }) => shownBy(Number(numFmtId), formats.get(Number(numFmtId))));
}

interface Sheet {
  name: string;
  part: string;
}

/** A source that reads its rows lazily. */
async function sourceOf(
  parts: Package,
  sheet: Sheet,
  others: string[],
  book: Book,
  fileSize: number,
): Promise<Source> {
  const parser = new SheetParser(book);
  const { bytes, done } = parts.counted(sheet.part);
  return {
    sheet: sheet.name,
    otherSheets: others,
    encoding: null,
    rows: sheetRows(bytes, parser),
    bytes: () => Math.round(done() * fileSize),
    formulas: parser.formulas,
    merges: await mergesIn(parts.bytes(sheet.part)),
  };
}

const isOn = (value: string | undefined): boolean => value === '1' || value === 'true';

/**
 * The visible worksheets in order: that of the mapping, or all of them.
 * @param fileSize in bytes, for progress
 * @throws Refusal if the file is not a workbook, or lacks the sheet
 */
export async function workbookSources(
  { file, mapping }: Pick<ReadRequest, 'file' | 'mapping'>,
  fileSize: number,
): Promise<(() => Promise<Source>)[]> {
  const parts = await openPackage(file);
  const workbook = await workbookIn(parts);
  const relations = await relationsOf(parts, workbook);
  const elements = await elementsOf(parts, workbook);
  const partOf = (type: string) => relations.find((relation) => relation.type === type)?.target;
  const sheets = elements
    .filter(({ tag, attributes }) => tag === 'sheet' && (attributes.state ?? 'visible') === 'visible')
    .flatMap(({ attributes }): Sheet[] => {
      const id = Object.entries(attributes).find(([name]) => name.endsWith(':id'))?.[1];
      const part = relations.find((one) => one.id === id && one.type === 'worksheet')?.target;
      return part ? [{ name: attributes.name ?? '', part }] : [];
    });
  const chosen = chosenSheets(sheets, mapping?.sheet);
  const textsPart = partOf('sharedStrings');
  const book: Book = {
    texts: textsPart && parts.has(textsPart) ? await readSharedTexts(parts.bytes(textsPart)) : undefined,
    styles: await stylesOf(parts, partOf('styles')),
    is1904: isOn(elements.find(({ tag }) => tag === 'workbookPr')?.attributes.date1904),
  };
  return chosen.map(
    ({ sheet, otherSheets }) =>
      () =>
        sourceOf(parts, sheet, otherSheets, book, fileSize),
  );
}
