/** Limits for files. A file beyond them is refused, not truncated. */

const KIB = 1024;
const MIB = 1024 * KIB;

export const limits = {
  /** Enough for a whole table of an integrator: a million rows of 100 characters. */
  textBytes: 100 * MIB,
  /** About the size of a workbook with a million rows. */
  workbookBytes: 50 * MIB,
  /** Total size of an unpacked workbook: twenty times as much, which is typical of XML. */
  unpackedBytes: 1024 * MIB,
  /** Maximum compression ratio of a part that unpacks to more than `ratioFromBytes`. */
  ratio: 200,
  ratioFromBytes: 64 * MIB,
  /** Parts of a workbook; each picture and comment is a part of its own. */
  entries: 10_000,
  /** Size of the parts that describe a workbook's structure, which are read as a whole. */
  partBytes: 16 * MIB,
  /** Size of the texts shared between cells, which are kept outside the heap. */
  sharedTextBytes: 128 * MIB,
  sharedTexts: 4_000_000,
  /** Ranges of merged cells in a worksheet. */
  merges: 100_000,
  /** XML of one worksheet row: more than 200 full cells. */
  rowXml: 16 * MIB,
  /** Rows of a text file; a worksheet cannot hold many more. */
  rows: 1_000_000,
  /** Non-empty columns in one row. The widest known sheet has 60. */
  columns: 200,
  /** Rightmost column of a workbook: a stray cell may be in column 16 384, but a table is not. */
  lastColumn: 1_000,
  /** Maximum length of a cell in Excel. */
  cellCharacters: 32_767,
  /** A record of CSV, or a line of NDJSON. */
  recordCharacters: MIB,
  /**
   * Total number of faults. Rows after that report only their first fault, or the report of a small file
   * could fill a disk.
   */
  faults: 1_000_000,
  /** Number of rows searched for the headings. */
  headingRows: 20,
  /** Heap of the reading process. It holds one piece of the file, whatever the file's size. */
  heapMib: 256,
  /** The largest file takes a minute on a slow machine. */
  milliseconds: 600_000,
} as const;
