/** Hand-made zip archives, which can also be invalid. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  name: string;
  content: Buffer | string;
  /** False declarations. */
  said?: { size?: number; crc?: number; flags?: number; method?: number };
  /** Already compressed. */
  packed?: { bytes: Buffer; size: number; crc: number };
}

const header = (signature: number, fields: readonly (readonly [number, 2 | 4])[]): Buffer => {
  const bytes = Buffer.alloc(4 + fields.reduce((sum, [, size]) => sum + size, 0));
  bytes.writeUInt32LE(signature);
  let at = 4;
  for (const [value, size] of fields) {
    bytes.writeUIntLE(value, at, size);
    at += size;
  }
  return bytes;
};

export function zip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, said = {}, packed } of entries) {
    const bytes = Buffer.from(content as string);
    const data = packed?.bytes ?? deflateRawSync(bytes);
    const size = said.size ?? packed?.size ?? bytes.length;
    const crc = said.crc ?? packed?.crc ?? crc32(bytes);
    const title = Buffer.from(name);
    const common = [
      [20, 2],
      [said.flags ?? 0x800, 2],
      [said.method ?? 8, 2],
      [0, 2],
      [0x21, 2],
      [crc, 4],
      [data.length, 4],
      [size, 4],
      [title.length, 2],
      [0, 2],
    ] as const;
    const local = header(0x04034b50, common);
    parts.push(local, title, data);
    const rest = [
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 4],
      [offset, 4],
    ] as const;
    directory.push(header(0x02014b50, [[20, 2], ...common, ...rest]), title);
    offset += local.length + title.length + data.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const count = entries.length;
  const end = header(0x06054b50, [
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [size, 4],
    [offset, 4],
    [0, 2],
  ]);
  return Buffer.concat([...parts, ...directory, end]);
}
