/* The log lines of all reactors on their way to the supervisor: one bounded shared ring. */
import type { Logger } from '@hioload/api';
import {
  Doorbells,
  type Heartbeat,
  type MpscConsumer,
  type MpscProducer,
  MpscRing,
  type Region,
  type Sleeper,
} from '@hioload/pool';
import { deserialize, serialize } from 'node:v8';

/*
 * A line is JSON where its fields are texts, finite numbers and booleans. Any other line is in the
 * format of the structured clone algorithm, which takes as long as five lines of JSON. The line is
 * cut into pieces of one slot each. A piece:
 *
 *   word 0   number of the writer
 *   word 1   pieces of the line that follow this one << 1 | whether this piece is the first
 *   then     bytes of the line
 *
 * The pieces of one writer come in order; pieces of others may lie between them. Where a piece
 * finds the ring full, the writer gives up the rest of the line and counts the line as lost. The
 * reader drops an incomplete line when the next line of that writer begins, or when the writer
 * ends.
 */
const SLOTS = 1_024;
const SLOT_BYTES = 1_024;
const PIECE_HEADER_BYTES = 8;
const PIECE_BYTES = SLOT_BYTES - PIECE_HEADER_BYTES;
/** A longer line counts as lost. */
const MAX_LINE_BYTES = 65_536;
/** JSON begins with this byte; the structured clone format begins with 0xff. */
const BRACE = 0x7b;
/** The reader has one doorbell. */
const READER = 0;
/** Most pieces that the reader takes in one turn of its event loop. */
const PIECES_PER_TURN = 256;
/** How often the reader looks whether a claim of a dead writer can be given up, in milliseconds. */
const CLAIM_CHECK_MS = 50;
/** Least time between two lines about lost lines: a flood of lines must not cause more lines. */
const LOSS_LINE_EVERY_MS = 1_000;

/** How important a line is. */
export type LogLevel = keyof Logger;

/** One log line of a reactor. */
export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What a reactor needs to write into the ring. */
export interface LogRingSeat {
  readonly ring: Region;
  readonly bells: Region;
  readonly lost: SharedArrayBuffer;
  readonly writer: number;
}

/** The writing end of one reactor. */
export class LogWriter {
  readonly #producer: MpscProducer;
  readonly #bells: Doorbells;
  readonly #lost: Int32Array;
  readonly #piece = Buffer.alloc(SLOT_BYTES);
  readonly #json = Buffer.alloc(MAX_LINE_BYTES);
  readonly #writer: number;

  /** @throws HIOLOAD_SHARED_LAYOUT */
  constructor({ ring, bells, lost, writer }: LogRingSeat) {
    this.#producer = MpscRing.attach(ring).producer();
    this.#bells = Doorbells.attach(bells);
    this.#lost = new Int32Array(lost);
    this.#writer = writer;
  }

  /**
   * Writes a line and wakes the reader. A line that does not fit is counted, not kept.
   * @throws where a field cannot be cloned
   */
  write(line: LogLine): void {
    const wasTaken = isPlain(line.fields)
      ? this.#tryWriteJson(JSON.stringify(line))
      : this.#tryWrite(serialize(line));
    // Pairs with the exchange in `LogReader.read`.
    if (!wasTaken) Atomics.add(this.#lost, 0, 1);
    this.#bells.ring(READER);
  }

  #tryWriteJson(json: string): boolean {
    // `write` would cut a longer line.
    if (json.length * 3 > MAX_LINE_BYTES && Buffer.byteLength(json) > MAX_LINE_BYTES) return false;
    return this.#tryWrite(this.#json, this.#json.write(json));
  }

  #tryWrite(bytes: Buffer, byteLength = bytes.length): boolean {
    if (byteLength > MAX_LINE_BYTES) return false;
    const piece = this.#piece;
    const pieces = Math.ceil(byteLength / PIECE_BYTES);
    for (let i = 0; i < pieces; i++) {
      const start = i * PIECE_BYTES;
      const end = Math.min(start + PIECE_BYTES, byteLength);
      const length = bytes.copy(piece, PIECE_HEADER_BYTES, start, end);
      piece.writeInt32LE(this.#writer, 0);
      piece.writeInt32LE(((pieces - 1 - i) << 1) | (i === 0 ? 1 : 0), 4);
      if (!this.#producer.tryPush(piece, 0, PIECE_HEADER_BYTES + length)) return false;
    }
    return true;
  }
}

/** The supervisor's end: it writes the lines of all reactors into the log of the server. */
export class LogReader {
  readonly #log: Logger;
  readonly #ring = MpscRing.create({ capacity: SLOTS, slotBytes: SLOT_BYTES });
  readonly #bells = Doorbells.create(1);
  readonly #lost = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  readonly #lostWord = new Int32Array(this.#lost);
  readonly #consumer: MpscConsumer;
  readonly #sleeper: Sleeper;
  /** The pieces of incomplete lines, by writer. */
  readonly #pieces = new Map<number, Buffer[]>();
  #writers = 0;
  #lostLines = 0;
  #isReading = false;
  #isClosed = false;
  /** Runs while it is too early for another line about lost lines. */
  #lossTimer: NodeJS.Timeout | undefined;

  constructor(log: Logger) {
    this.#log = log;
    this.#consumer = this.#ring.consumer();
    this.#sleeper = this.#bells.sleeper(READER);
    this.#arm();
  }

  /** The lines that did not fit into the ring. */
  get lostLines(): number {
    return this.#lostLines + Atomics.load(this.#lostWord, 0);
  }

  /** Makes room for one more writer. */
  seat(): LogRingSeat {
    const { region: ring } = this.#ring;
    return { ring, bells: this.#bells.region, lost: this.#lost, writer: this.#writers++ };
  }

  /**
   * Writes the lines that the ring holds, in their order.
   * @param limit most records to take. Default: all
   */
  read(limit = Number.POSITIVE_INFINITY): void {
    // A logger may do what makes a reactor report, and so lead back here.
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      this.#consumer.drain(limit, this.#take);
    } finally {
      this.#isReading = false;
    }
    this.#tellLoss(false);
  }

  /** Logs how many lines were lost. @param isLast whether there is no later time for it */
  #tellLoss(isLast: boolean): void {
    if (Atomics.load(this.#lostWord, 0) === 0 || (this.#lossTimer !== undefined && !isLast)) return;
    clearTimeout(this.#lossTimer);
    this.#lossTimer = setTimeout(() => {
      this.#lossTimer = undefined;
      this.#tellLoss(false);
    }, LOSS_LINE_EVERY_MS);
    this.#lossTimer.unref();
    // Pairs with the add in `LogWriter.write`.
    const lost = Atomics.exchange(this.#lostWord, 0, 0);
    this.#lostLines += lost;
    this.#log.warn(`log lines of reactors lost: ${lost}; they did not fit into the log ring`);
  }

  /**
   * Writes the last lines of a writer whose thread is gone. @param others the heartbeats of the
   * other threads, now; undefined for a thread that has not told
   */
  end(writer: number, others: () => Iterable<Heartbeat | undefined>): void {
    this.read();
    this.#pieces.delete(writer);
    if (this.#consumer.waitsForClaim()) this.#giveUpClaim(others, new Map());
  }

  /** Writes the last lines and reads no more. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.read();
    this.#tellLoss(true);
    clearTimeout(this.#lossTimer);
    this.#isClosed = true;
    // Ends the wait that is armed.
    this.#bells.rouse(READER);
  }

  /**
   * Gives up the oldest claim, which a dead writer may have left. A live writer fills its claim
   * before its event loop turns, so once the hearts of all live writers have beaten, a claim that
   * is still empty belongs to a dead one.
   */
  #giveUpClaim(others: () => Iterable<Heartbeat | undefined>, seen: Map<Heartbeat, number>): void {
    const timer = setTimeout(() => {
      this.read();
      if (this.#isClosed || !this.#consumer.waitsForClaim()) return;
      let haveAllBeaten = true;
      for (const heart of others()) {
        const before = heart && seen.get(heart);
        if (heart !== undefined && before === undefined) seen.set(heart, heart.count());
        if (before === undefined || before === heart!.count()) haveAllBeaten = false;
      }
      if (!haveAllBeaten) return this.#giveUpClaim(others, seen);
      this.#consumer.abandonClaim();
      Atomics.add(this.#lostWord, 0, 1);
      this.read();
      // There may be another one behind it.
      if (this.#consumer.waitsForClaim()) this.#giveUpClaim(others, new Map());
    }, CLAIM_CHECK_MS);
    timer.unref();
  }

  readonly #turn = (): void => {
    if (this.#isClosed) return;
    try {
      this.read(PIECES_PER_TURN);
    } finally {
      this.#arm();
    }
  };

  #arm(): void {
    if (!this.#sleeper.arm(this.#hasRecords, this.#turn)) setImmediate(this.#turn);
  }

  readonly #hasRecords = (): boolean => this.#consumer.hasRecords();

  readonly #take = (bytes: Uint8Array, start: number, end: number): void => {
    const record = Buffer.from(bytes.slice(start, end));
    const writer = record.readInt32LE(0);
    const position = record.readInt32LE(4);
    const piece = record.subarray(PIECE_HEADER_BYTES);
    if ((position & 1) !== 0) {
      this.#pieces.delete(writer);
      if (position === 1) return this.#write(piece);
      this.#pieces.set(writer, [piece]);
      return;
    }
    const pieces = this.#pieces.get(writer);
    if (pieces === undefined) return;
    pieces.push(piece);
    if (position > 1) return;
    this.#pieces.delete(writer);
    this.#write(Buffer.concat(pieces));
  };

  #write(bytes: Buffer): void {
    let line: LogLine | undefined;
    try {
      line = (bytes[0] === BRACE ? JSON.parse(bytes.toString()) : deserialize(bytes)) as LogLine;
    } catch {
      // The bytes are no line: whatever wrote them must not end the supervisor.
    }
    const level = line?.level;
    if (
      line !== undefined &&
      (level === 'debug' || level === 'info' || level === 'warn' || level === 'error')
    )
      this.#log[level](String(line.message), line.fields);
    else Atomics.add(this.#lostWord, 0, 1);
  }
}

/** Whether JSON carries the fields without a loss. */
function isPlain(fields: LogLine['fields']): boolean {
  for (const name in fields) {
    const value = fields[name];
    if (typeof value !== 'string' && typeof value !== 'boolean' && !Number.isFinite(value))
      return false;
  }
  return true;
}
