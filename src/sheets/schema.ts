/** Parameters for the format of a sheet. */
import * as z from 'zod';
import { type Encoding, encodings } from './csv.ts';
import { type Unit, unitNames } from './units.ts';

export const unitField = z.enum(unitNames).optional().meta({
  description:
    'Unit of amounts in `csv` and `xlsx`, given in the heading: `yuan` (default), `qian` (10³), `wan` (10⁴), `baiwan` (10⁶), `yi` (10⁸) or `shiyi` (10⁹ yuan).',
  example: 'yi',
});

export const encodingField = z.enum(encodings).optional().meta({
  description: 'Encoding of `csv`: `utf-8` with BOM, or `gb18030`.',
  example: 'gb18030',
});

export interface SheetQuery {
  unit?: Unit | undefined;
  encoding?: Encoding | undefined;
}
