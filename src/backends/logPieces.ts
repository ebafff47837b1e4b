/** Takes what a file of log records is cut into: each piece is LogsData, if it holds any, and is read at once. */
export interface LogPieces {
  json(piece: Buffer): void;
  protobuf(piece: Buffer): void;
  /** One was left out that is longer than `mostPiece`; `noun` names what it was: "lines". */
  tooLong(noun: string): void;
}

/** A piece is read at once, in a thread that others share: one that is longer is left out. */
export const mostPiece = 8 << 20;
