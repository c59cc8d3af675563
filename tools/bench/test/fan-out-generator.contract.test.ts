// Tests of the fan-out load, against servers that do wrong.
import type { Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FanOutGenerator } from '../src/load/fan-out-generator.js';
import { LoadFault } from '../src/load/load-fault.js';
import { startFrameServer } from './frame-server.js';

const DEADLINE_MS = 10_000;
const SUBSCRIBERS = 5;
/** Right messages before a server makes a fault. */
const GOOD = 20;

/**
 * The bytes that a subscriber gets instead of `frames`. It is called once, for the first
 * subscriber, after `GOOD` messages.
 */
type Wrong = (frames: Buffer[], subscriber: Socket, publisher: Socket) => Buffer[];

/** Makes a load on a server that fans out and makes one fault. */
async function generatorFor(wrong?: Wrong): Promise<FanOutGenerator> {
  let done = wrong === undefined;
  const server = await startFrameServer((frames, count, publisher, sockets) => {
    for (const subscriber of sockets) {
      if (subscriber === publisher) continue;
      const isWrong = !done && count >= GOOD && frames.length > 1;
      done ||= isWrong;
      subscriber.write(Buffer.concat(isWrong ? wrong!(frames, subscriber, publisher) : frames));
    }
  });
  onTestFinished(() => server.close());
  const generator = new FanOutGenerator({
    host: '127.0.0.1',
    port: server.port,
    dialect: 'plain',
    query: '',
    subscribers: SUBSCRIBERS,
    payloadBytes: 64,
    inFlight: 8,
    threads: 1,
  });
  onTestFinished(() => generator.close());
  return generator;
}

/** Runs until a fault ends the run. Resolves with the fault, or fails the test. */
async function faultOf(generator: FanOutGenerator, settleMs: number): Promise<string> {
  try {
    await generator.connect(DEADLINE_MS);
    generator.start();
    await generator.run(200);
    await generator.settle(settleMs);
  } catch (error) {
    expect(error).toBeInstanceOf(LoadFault);
    return (error as Error).message;
  }
  return expect.fail('no fault was noticed');
}

describe('FanOutGenerator', () => {
  it('counts the messages that reach the subscribers, and all reach them', async () => {
    const generator = await generatorFor();
    await generator.connect(DEADLINE_MS);
    generator.start();
    await generator.run(100);
    await generator.settle(DEADLINE_MS);
    expect(generator.received).toBeGreaterThan(SUBSCRIBERS * 8);
    expect(generator.received % SUBSCRIBERS).toBe(0);
  });

  it.each<[string, Wrong, RegExp]>([
    [
      'loses a message',
      (frames) => frames.slice(1),
      /subscriber 0: message \d of its cycle of 9 came where \d was due/,
    ],
    [
      'repeats a message',
      ([first, ...rest]) => [first!, first!, ...rest],
      /subscriber 0: message \d .* came where/,
    ],
    [
      'reorders messages',
      (frames) => frames.toReversed(),
      /subscriber 0: message \d .* came where/,
    ],
    [
      'alters an octet',
      ([first, ...rest]) => {
        const altered = Buffer.from(first!);
        altered[40]! ^= 1;
        return [altered, ...rest];
      },
      /subscriber 0: octet 40 of the frame of message \d+ is/,
    ],
    [
      'sends a message to its publisher',
      (frames, _, publisher) => {
        publisher.write(frames[0]!);
        return frames;
      },
      /the publisher: \d+ bytes came that nothing was sent for/,
    ],
    [
      'closes a subscriber',
      (_, subscriber) => {
        subscriber.end();
        return [];
      },
      /subscriber 0: closed by the server, with \d+ messages outstanding/,
    ],
  ])('fails if the server %s', async (_, wrong, said) => {
    expect(await faultOf(await generatorFor(wrong), DEADLINE_MS)).toMatch(said);
  });

  it('fails if one subscriber gets nothing', async () => {
    const forgets = await generatorFor(() => []);
    expect(await faultOf(forgets, 200)).toMatch(
      /subscriber 0: \d+ messages are lost: nothing came for 0.2 s|came where/,
    );
  });

  it('fails if no subscriber gets anything', async () => {
    const server = await startFrameServer(() => {});
    onTestFinished(() => server.close());
    const options = {
      host: '127.0.0.1',
      dialect: 'plain',
      query: '',
      payloadBytes: 64,
      inFlight: 8,
      threads: 1,
    } as const;
    const generator = new FanOutGenerator({ ...options, port: server.port, subscribers: 2 });
    onTestFinished(() => generator.close());
    expect(await faultOf(generator, 200)).toBe(
      'subscriber 0: 8 messages are lost: nothing came for 0.2 s',
    );
  });

  it('fails if the greeting of a library does not come', async () => {
    const server = await startFrameServer((frames, _, socket) =>
      socket.write(Buffer.concat(frames)),
    );
    onTestFinished(() => server.close());
    const options = {
      host: '127.0.0.1',
      query: '',
      payloadBytes: 64,
      inFlight: 8,
      subscribers: 1,
      threads: 1,
    } as const;
    const generator = new FanOutGenerator({ ...options, port: server.port, dialect: 'socket.io' });
    onTestFinished(() => generator.close());
    await expect(generator.connect(200)).rejects.toThrow(
      'not all of subscribers 0 to 0 are connected',
    );
  });
});
