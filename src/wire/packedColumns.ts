/**
 * Columns in one ArrayBuffer: the magic word, the length of a JSON header, the header, and the columns' bytes, each at a
 * multiple of 8 so that it can be looked at in place.
 *
 *     0      4        8                                          multiples of 8
 *     magic  length   {"facts":{…},"columns":[["start","f64",0,800000],…]}   bytes of each column
 */
const magic = 0x314c5254;

/** The element types a column may have. */
export type ColumnType = "u8" | "u32" | "i32" | "f64";
export type Column = Uint8Array | Uint32Array | Int32Array | Float64Array;

/** Plain facts beside the columns. */
export type Facts = Readonly<Record<string, unknown>>;

/** Names and types of the columns of one kind of message, in order: `["start", "f64"]`. */
export type Layout = readonly (readonly [name: string, type: ColumnType])[];

/** Columns about to be packed: how large they will be, and what writes them. */
export interface Packing {
  readonly size: number;
  /** Writes into `bytes`, which begin at a multiple of 8 and have room. */
  write(bytes: Uint8Array): void;
}

/** Prepares columns, given in the layout's order. */
export function packing(facts: Facts, layout: Layout, columns: readonly Column[]): Packing {
  let at = 0;
  const places = layout.map(([name, type], i) => {
    const place = [name, type, at, columns[i].length] as const;
    at = aligned(at + columns[i].byteLength);
    return place;
  });
  const header = encoder.encode(JSON.stringify({ facts, columns: places }));
  const start = aligned(8 + header.length);
  return {
    size: start + at,
    write: (bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      view.setUint32(0, magic, true);
      view.setUint32(4, header.length, true);
      bytes.set(header, 8);
      columns.forEach((column, i) => {
        bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), start + places[i][2]);
      });
    },
  };
}

/** The columns in a buffer of their own. */
export function packedAlone({ size, write }: Packing): ArrayBuffer {
  const bytes = new Uint8Array(size);
  write(bytes);
  return bytes.buffer;
}

/** What was packed: the facts, and the columns as views of `bytes`, whose layout is checked. Throws when it is another. */
export function unpackColumns(bytes: Uint8Array, layout: Layout): { facts: Facts; columns: Column[] } {
  if (bytes.byteLength < 8 || bytes.byteOffset % 8 !== 0) throw new Error("Packed columns are cut short.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(4, true);
  if (view.getUint32(0, true) !== magic || 8 + length > bytes.byteLength)
    throw new Error("These are not packed columns.");
  const header: unknown = JSON.parse(decoder.decode(bytes.subarray(8, 8 + length)));
  const { facts, columns } = header as { facts?: unknown; columns?: unknown };
  if (typeof facts !== "object" || facts === null || !Array.isArray(columns))
    throw new Error("The header is not whole.");
  const start = bytes.byteOffset + aligned(8 + length);
  const end = bytes.byteOffset + bytes.byteLength;
  return {
    facts: facts as Facts,
    columns: layout.map(([name, type], i) => {
      const place: unknown[] = Array.isArray(columns[i]) ? columns[i] : [];
      const [at, count] = [Number(place[2]), Number(place[3])];
      const from = start + at;
      const sound = place[0] === name && place[1] === type && Number.isInteger(at) && Number.isInteger(count);
      if (!sound || at < 0 || at % 8 !== 0 || count < 0 || from + count * sizes[type] > end) {
        throw new Error(`The packed column ${name} is not where it should be.`);
      }
      return columnAt(type, bytes.buffer as ArrayBuffer, from, count);
    }),
  };
}

function columnAt(type: ColumnType, buffer: ArrayBuffer, from: number, count: number): Column {
  if (type === "f64") return new Float64Array(buffer, from, count);
  if (type === "u32") return new Uint32Array(buffer, from, count);
  if (type === "i32") return new Int32Array(buffer, from, count);
  return new Uint8Array(buffer, from, count);
}

/** The next multiple of 8. */
export function aligned(size: number): number {
  return Math.ceil(size / 8) * 8;
}

const sizes = { u8: 1, u32: 4, i32: 4, f64: 8 } as const;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
