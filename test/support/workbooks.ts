/** Workbooks assembled from XML, so that they can contain what no library writes. */
import { type ZipEntry, zip } from './zip.ts';

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';

export interface SheetPart {
  name?: string;
  state?: 'hidden' | 'veryHidden';
  /** Content of `sheetData`. */
  rows?: string;
  /** Ranges of merged cells. */
  merges?: readonly string[];
  /** The whole part instead. */
  xml?: string | Buffer;
}

export interface WorkbookParts {
  sheets?: readonly SheetPart[];
  /** Content of `sst`, or the whole part if it starts with a declaration. */
  texts?: string;
  styles?: string;
  is1904?: boolean;
  workbookType?: string;
  /** Additional parts, or replacements for those with the same name. */
  more?: readonly ZipEntry[];
}

const mergedCells = (ranges: readonly string[]): string =>
  ranges.length === 0
    ? ''
    : `<mergeCells>${ranges.map((range) => `<mergeCell ref="${range}"/>`).join('')}</mergeCells>`;

export const worksheet = (rows: string, merges: readonly string[] = []): string =>
  `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="${MAIN}"><dimension ref="A1:XFD1048576"/><sheetData>${rows}</sheetData>${mergedCells(merges)}</worksheet>`;

const relation = (id: string, type: string, target: string) =>
  `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`;

const relationships = (content: string) =>
  `<?xml version="1.0"?><Relationships xmlns="${PACKAGE}/relationships">${content}</Relationships>`;

const SHEET_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml';

export function workbookEntries(parts: WorkbookParts): ZipEntry[] {
  const { sheets = [{}], texts, styles, is1904 = false, workbookType = SHEET_TYPE, more = [] } = parts;
  const listed = sheets.map(
    ({ name = `Sheet${sheets.length}`, state }, i) =>
      `<sheet name="${name}" sheetId="${i + 1}"${state ? ` state="${state}"` : ''} r:id="rId${i + 1}"/>`,
  );
  const own = [
    ...sheets.map((_, i) => relation(`rId${i + 1}`, 'worksheet', `worksheets/sheet${i + 1}.xml`)),
    ...(texts === undefined ? [] : [relation('rIdT', 'sharedStrings', 'sharedStrings.xml')]),
    ...(styles === undefined ? [] : [relation('rIdS', 'styles', 'styles.xml')]),
  ];
  return [
    {
      name: '[Content_Types].xml',
      content: `<?xml version="1.0"?><Types xmlns="${PACKAGE}/content-types"><Override PartName="/xl/workbook.xml" ContentType="${workbookType}"/></Types>`,
    },
    { name: '_rels/.rels', content: relationships(relation('rId1', 'officeDocument', 'xl/workbook.xml')) },
    {
      name: 'xl/workbook.xml',
      content: `<?xml version="1.0"?><workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><workbookPr${is1904 ? ' date1904="1"' : ''}/><sheets>${listed.join('')}</sheets></workbook>`,
    },
    { name: 'xl/_rels/workbook.xml.rels', content: relationships(own.join('')) },
    ...sheets.map(({ rows = '', merges, xml }, i) => ({
      name: `xl/worksheets/sheet${i + 1}.xml`,
      content: xml ?? worksheet(rows, merges),
    })),
    ...(texts === undefined
      ? []
      : [
          {
            name: 'xl/sharedStrings.xml',
            content: texts.startsWith('<?xml')
              ? texts
              : `<?xml version="1.0"?><sst xmlns="${MAIN}">${texts}</sst>`,
          },
        ]),
    ...(styles === undefined
      ? []
      : [{ name: 'xl/styles.xml', content: `<styleSheet>${styles}</styleSheet>` }]),
    ...more,
  ];
}

export const workbook = (parts: WorkbookParts): Buffer => zip(workbookEntries(parts));

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\r', '&#13;');

/** A row of texts; cells starting with `<c` are inserted as XML. */
export const row = (number: number, cells: readonly (string | null)[]): string => {
  const letter = (i: number) => String.fromCharCode(65 + i);
  const written = cells.map((cell, i) => {
    if (cell === null) return '';
    if (cell.startsWith('<c')) return cell;
    return `<c r="${letter(i)}${number}" t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
  });
  return `<row r="${number}">${written.join('')}</row>`;
};
