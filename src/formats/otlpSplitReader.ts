import { Malformed } from "./protobufReader.ts";

/** Walks protobuf field by field without making anything; every position is checked, and a Malformed says where it is wrong. */
export class ProtobufScan {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  /** The next field's tag; non-minimal and zero ones are refused. */
  tag(limit: number): number {
    const start = this.at;
    if (start < limit && this.bytes[start] < 128) {
      const tag = this.bytes[this.at++];
      if (tag < 8) throw new Malformed("a field has number 0", start);
      return tag;
    }
    const tag = this.varint(limit);
    if (tag < 128 || tag > 0xffffffff) throw new Malformed("a field has a wrong number", start);
    return tag;
  }

  /** A number; exact up to 2^53. */
  varint(limit: number): number {
    const { bytes } = this;
    const start = this.at;
    let value = 0;
    let scale = 1;
    for (let at = start; at < limit; at++) {
      const byte = bytes[at];
      value += (byte & 127) * scale;
      if (byte < 128) {
        this.at = at + 1;
        return value;
      }
      if (at - start === 9) throw new Malformed("a number has more than 10 bytes", start);
      scale *= 128;
    }
    throw new Malformed("a number is not complete", start);
  }

  /** Reads a length and answers where what it measures ends. */
  end(limit: number): number {
    const start = this.at;
    const first = this.bytes[start];
    const end = start < limit && first < 128 ? ++this.at + first : this.varint(limit) + this.at;
    if (!(end <= limit)) throw new Malformed("a length runs past the end of its message", start);
    return end;
  }

  /** Passes over the value of a field. */
  skip(tag: number, limit: number): void {
    const start = this.at;
    switch (tag & 7) {
      case 0:
        this.varint(limit);
        return;
      case 1:
        this.at += 8;
        break;
      case 2:
        this.at = this.end(limit);
        return;
      case 5:
        this.at += 4;
        break;
      default:
        throw new Malformed(`a field has wire type ${tag & 7}`, start);
    }
    if (this.at > limit) throw new Malformed("a field runs past the end of its message", start);
  }
}
