/** OpenDocument spreadsheets assembled from XML. */
import { crc32 } from 'node:zlib';
import { type ZipEntry, zip } from './zip.ts';

const TYPE = 'application/vnd.oasis.opendocument.spreadsheet';

/** The first part, which is not compressed. */
const mimetype = (type: string): ZipEntry => {
  const bytes = Buffer.from(type);
  return {
    name: 'mimetype',
    content: '',
    packed: { bytes, size: bytes.length, crc: crc32(bytes) },
    said: { method: 0 },
  };
};

export interface OpenDocumentParts {
  /** Content of `office:spreadsheet`, or of its tables by name. */
  tables: string | Readonly<Record<string, string>>;
  styles?: string;
  type?: string;
  more?: readonly ZipEntry[];
}

const tableOf = ([name, rows]: [string, string]) =>
  `<table:table table:name="${name}"${name.startsWith('_') ? ' table:style-name="hidden"' : ''}>${rows}</table:table>`;

const HIDDEN =
  '<style:style style:name="hidden" style:family="table"><style:table-properties table:display="false"/></style:style>';

export const openDocument = ({ tables, styles = '', type = TYPE, more = [] }: OpenDocumentParts): Buffer => {
  const content = typeof tables === 'string' ? tables : Object.entries(tables).map(tableOf).join('');
  return zip([
    mimetype(type),
    {
      name: 'content.xml',
      content: `<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:automatic-styles>${HIDDEN}${styles}</office:automatic-styles><office:body><office:spreadsheet>${content}</office:spreadsheet></office:body></office:document-content>`,
    },
    ...more,
  ]);
};

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** A cell of text; one that starts with `<` is inserted as XML. */
export const odsCell = (cell: string | null): string => {
  if (cell === null) return '<table:table-cell/>';
  if (cell.startsWith('<')) return cell;
  return `<table:table-cell office:value-type="string"><text:p>${escaped(cell)}</text:p></table:table-cell>`;
};

export const odsRow = (cells: readonly (string | null)[], attributes = ''): string =>
  `<table:table-row${attributes}>${cells.map(odsCell).join('')}</table:table-row>`;

/** A cell with a value and what it shows. */
export const valued = (attributes: string, shown: string): string =>
  `<table:table-cell ${attributes}><text:p>${shown}</text:p></table:table-cell>`;
