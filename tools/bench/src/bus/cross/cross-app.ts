import type { AppContext, IncomingMessage, Subscription } from '@hioload/api';
import { defineApp } from '@hioload/reactor';
import {
  CROSS_RESULT,
  type CrossResult,
  type CrossTask,
  CrossTopic,
  FAULTS,
  NUMBER,
  TAKEN,
  WANTS_ANSWER,
} from './cross-messages.js';

/** Messages that are under way at most; they have to fit into the lane. */
const WINDOW = 2_048;
/** Messages that the far side takes before it says so. */
const ANSWER_EVERY = 256;
/** Messages that the near side publishes before its event loop turns. */
const BATCH = 256;
/** Pause before a round trip, so that both sides come to rest as far as their loop lets them. */
const PAUSE_MS = 1;

/** The second reactor: counts and checks what comes, and answers. */
function takePart({ subscribe, publish }: AppContext): void {
  const answer = new Uint32Array(2);
  let expected = 0;
  subscribe(CrossTopic.There, (_, message) => {
    const bytes = message.bytes();
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const number = words.getUint32(4 * NUMBER, true);
    if (number === 0) {
      expected = 0;
      answer.fill(0);
    }
    if (number !== expected++ || bytes.at(-1) !== (number & 0xff)) answer[FAULTS]! += 1;
    answer[TAKEN]! += 1;
    if (words.getUint32(4 * WANTS_ANSWER, true) !== 0 || answer[TAKEN]! % ANSWER_EVERY === 0) {
      publish(CrossTopic.Back, new Uint8Array(answer.buffer));
    }
  });
}

/** The first reactor: publishes what it is told to, and measures. */
class Measurement {
  readonly #context: AppContext;
  readonly #payload: Uint8Array;
  readonly #words: DataView;
  #sent = 0;
  #taken = 0;
  #faults = 0;
  readonly #answers: Subscription;
  #onAnswer: () => void = () => undefined;

  constructor(context: AppContext, payloadBytes: number) {
    this.#context = context;
    this.#payload = new Uint8Array(payloadBytes);
    this.#words = new DataView(this.#payload.buffer);
    this.#answers = context.subscribe(CrossTopic.Back, (_, message) => this.#take(message));
  }

  /** Publishes as much as the far side takes. */
  throughput(seconds: number): void {
    const startMs = performance.now();
    const turn = (): void => {
      const isOver = performance.now() - startMs >= seconds * 1_000;
      for (let i = 0; i < BATCH && this.#sent - this.#taken < WINDOW && !isOver; i++) this.#publish(false);
      if (!isOver) return void setImmediate(turn);
      this.#publish(true);
      this.#onAnswer = () => {
        if (this.#taken < this.#sent) return;
        const elapsedSeconds = (performance.now() - startMs) / 1_000;
        this.#report({ messagesPerSecond: this.#taken / elapsedSeconds, oneWayMicroseconds: [] });
      };
    };
    turn();
  }

  /** Sends one message there and back, and again. */
  latency(rounds: number): void {
    const times: number[] = [];
    let sentAtMs = 0;
    const send = (): void => {
      sentAtMs = performance.now();
      this.#publish(true);
    };
    this.#onAnswer = () => {
      times.push(((performance.now() - sentAtMs) * 1_000) / 2);
      if (times.length < rounds) return void setTimeout(send, PAUSE_MS);
      this.#report({ messagesPerSecond: null, oneWayMicroseconds: times.toSorted((a, b) => a - b) });
    };
    send();
  }

  #publish(wantsAnswer: boolean): void {
    this.#words.setUint32(4 * NUMBER, this.#sent, true);
    this.#words.setUint32(4 * WANTS_ANSWER, wantsAnswer ? 1 : 0, true);
    this.#payload[this.#payload.length - 1] = this.#sent & 0xff;
    const { reactors } = this.#context.publish(CrossTopic.There, this.#payload);
    if (reactors !== 1) this.#faults++;
    this.#sent++;
  }

  #take(message: IncomingMessage): void {
    const answer = new Uint32Array(message.copy().buffer);
    this.#taken = answer[TAKEN]!;
    this.#faults = Math.max(this.#faults, answer[FAULTS]!);
    this.#onAnswer();
  }

  #report(result: Pick<CrossResult, 'messagesPerSecond' | 'oneWayMicroseconds'>): void {
    this.#answers.unsubscribe();
    this.#context.log.info(CROSS_RESULT, { ...result, faults: this.#faults });
  }
}

/** Publishes from one reactor to one listener on another: all of the bus, and no socket. */
export default defineApp({
  start(context) {
    if (context.reactor === 1) return takePart(context);
    context.subscribe(CrossTopic.Go, (_, message) => {
      const task = message.json<CrossTask>();
      const measurement = new Measurement(context, task.payloadBytes);
      if (task.kind === 'throughput') measurement.throughput(task.seconds);
      else measurement.latency(task.rounds);
    });
  },
});
