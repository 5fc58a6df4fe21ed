/** How much of a file is taken in. Beyond it a file is refused, not cut. */

const KIB = 1024;
const MIB = 1024 * KIB;

export const limits = {
  /** What an integrator's whole table takes: a million rows of 100 characters. */
  textBytes: 100 * MIB,
  /** A workbook of a million rows is about as large. */
  workbookBytes: 50 * MIB,
  /** Of a workbook unpacked, every part counted: twenty times as much, as XML is. */
  unpackedBytes: 1024 * MIB,
  /** A part that unpacks to more than this many times its size, and to more than `ratioFromBytes`, is no table. */
  ratio: 200,
  ratioFromBytes: 64 * MIB,
  /** Parts of a workbook; pictures and comments have one each. */
  entries: 10_000,
  /** Of the parts that say how a workbook hangs together, which are read as a whole. */
  partBytes: 16 * MIB,
  /** The texts that cells share are kept, outside the heap. */
  sharedTextBytes: 128 * MIB,
  sharedTexts: 4_000_000,
  /** A row of a worksheet as XML: more than 200 full cells take. */
  rowXml: 16 * MIB,
  /** Of a text file; a worksheet holds not many more. */
  rows: 1_000_000,
  /** With something in them, in one row. The widest sheet known here has 60. */
  columns: 200,
  /** Of a workbook: a cell may stand in column 16 384 by mistake, and a table does not. */
  lastColumn: 1_000,
  /** What a cell of Excel holds. */
  cellCharacters: 32_767,
  /** A record of CSV, or a line of NDJSON. */
  recordCharacters: MIB,
  /** In all. Of a row after them only the first is told, or the rows of a small file would fill a disk. */
  faults: 1_000_000,
  /** Rows among which the headings are looked for. */
  headingRows: 20,
  /** The heap of the process that reads. It holds one piece of the file, whatever the size of the file. */
  heapMib: 256,
  /** The largest file takes a minute on a slow machine. */
  milliseconds: 600_000,
} as const;
