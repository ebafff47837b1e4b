import { PbfReader } from "pbf";

/** Bytes that are not the protobuf they are said to be; `at` is a position in the reader's buffer. */
export class Malformed extends Error {
  readonly at: number;

  constructor(what: string, at: number) {
    super(what);
    this.name = "Malformed";
    this.at = at;
  }
}

/** A reader over `bytes`: pbf's, with the position and the buffer open to its user. It checks no limits: the functions here do. */
export function protobufReader(bytes: Uint8Array): PbfReader {
  return new PbfReader(bytes);
}

/** Reads a length and answers where what it measures ends; no further than `limit`. */
export function readEnd(reader: PbfReader, limit: number): number {
  const at = reader.pos;
  const first = reader.buf[reader.pos];
  let end: number;
  if (first < 128) end = ++reader.pos + first;
  else {
    const length = reader.readVarint();
    end = reader.pos + length;
  }
  if (!(end <= limit)) throw new Malformed("a length runs past the end of its message", at);
  return end;
}

/** Passes over the value of a field that is not known, by its wire type. Groups are refused. */
export function skipField(reader: PbfReader, tag: number, limit: number): void {
  const at = reader.pos;
  if (tag >>> 3 === 0) throw new Malformed("a field has number 0", at);
  switch (tag & 7) {
    case 0: {
      while (reader.buf[reader.pos++] > 127) {
        if (reader.pos - at > 9) throw new Malformed("a number has more than 10 bytes", at);
      }
      break;
    }
    case 1:
      reader.pos += 8;
      break;
    case 2:
      reader.pos = readEnd(reader, limit);
      break;
    case 5:
      reader.pos += 4;
      break;
    default:
      throw new Malformed(`a field has wire type ${tag & 7}`, at);
  }
  if (reader.pos > limit) throw new Malformed("a field runs past the end of its message", at);
}
