// Tests of the echo load, against servers that do wrong.
import { freePort } from '@hioload/test-support/servers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LoadFault } from '../src/load/load-fault.js';
import { EchoGenerator } from '../src/load/echo-generator.js';
import { startEchoServer, type Tamper } from './frame-server.js';

const DEADLINE_MS = 10_000;
/**
 * Right answers before a server makes a fault, so that every fault comes in the middle of a run.
 */
const GOOD = 20;

/** Starts a server that ends with the test. */
async function serverPort(...options: Parameters<typeof startEchoServer>): Promise<number> {
  const server = await startEchoServer(...options);
  onTestFinished(() => server.close());
  return server.port;
}

function generatorFor(
  port: number,
  connections = 5,
  payloadBytes = 64,
  inFlight = 8,
): EchoGenerator {
  const generator = new EchoGenerator({
    host: '127.0.0.1',
    port,
    path: '/',
    connections,
    firstConnection: 0,
    payloadBytes,
    inFlight,
  });
  onTestFinished(() => generator.close());
  return generator;
}

/** Runs from the first handshake to the last echo. */
async function load(generator: EchoGenerator): Promise<void> {
  await generator.connect(DEADLINE_MS);
  generator.start();
  await generator.run(100);
  await generator.settle(DEADLINE_MS);
}

/** Runs until a fault ends the run. Resolves with the fault, or fails the test. */
async function faultOf(generator: EchoGenerator): Promise<string> {
  try {
    await generator.connect(DEADLINE_MS);
    generator.start();
    await generator.run(DEADLINE_MS);
  } catch (error) {
    expect(error).toBeInstanceOf(LoadFault);
    return (error as Error).message;
  }
  return expect.fail('no fault was noticed');
}

/** Makes the fault once, as soon as there are two answers or more after the `GOOD` ones. */
function once(tamper: Tamper): Tamper {
  let done = false;
  return (frames, count, socket) => {
    if (done || count < GOOD || frames.length < 2) return frames;
    done = true;
    return tamper(frames, count, socket);
  };
}

describe('EchoGenerator', () => {
  it('counts the messages that come back, and all come back', async () => {
    let answered = 0;
    const port = await serverPort((frames) => {
      answered += frames.length;
      return frames;
    });
    const generator = generatorFor(port);
    await load(generator);
    expect(generator.received).toBeGreaterThan(0);
    expect(generator.received).toBe(answered);
  });

  it.each([
    [125, 1],
    [126, 3],
    [70_000, 2],
  ])(
    'knows the echo of %i bytes, %i in flight, in whatever pieces it comes',
    async (payloadBytes, inFlight) => {
      const port = await serverPort((frames, _, socket) => {
        const bytes = Buffer.concat(frames);
        const cut = bytes.length >> 1;
        socket.write(bytes.subarray(0, cut));
        return [bytes.subarray(cut)];
      });
      const generator = generatorFor(port, 3, payloadBytes, inFlight);
      await load(generator);
      expect(generator.received).toBeGreaterThan(0);
    },
  );

  it.each<[string, Tamper, RegExp]>([
    ['loses a message', (frames) => frames.slice(1), /lost, repeated or moved/],
    [
      'repeats a message',
      ([first, ...rest]) => [first!, first!, ...rest],
      /lost, repeated or moved/,
    ],
    ['reorders messages', (frames) => frames.toReversed(), /lost, repeated or moved/],
    [
      'alters an octet',
      (frames) => {
        frames[0]![40]! ^= 1;
        return frames;
      },
      /octet 40 of the frame of message \d+ is [0-9a-f]{2}, not [0-9a-f]{2}/,
    ],
    [
      'answers binary with text',
      (frames) => {
        frames[0]![0] = 0x81;
        return frames;
      },
      /octet 0 of the frame of message \d+ is 81, not 82/,
    ],
    [
      'closes a connection',
      (_, __, socket) => {
        socket.end();
        return [];
      },
      /closed by the server, with \d+ messages outstanding/,
    ],
  ])('fails if the server %s', async (_, tamper, said) => {
    const port = await serverPort(once(tamper));
    expect(await faultOf(generatorFor(port))).toMatch(said);
  });

  it('fails if the answers of two connections are swapped', async () => {
    let stolen: Buffer | undefined;
    const port = await serverPort((frames, count) => {
      const mine = frames[0]!;
      if (count < GOOD) return frames;
      const [first, ...rest] = [stolen ?? mine, ...frames.slice(1)];
      stolen = mine;
      return [first, ...rest];
    });
    expect(await faultOf(generatorFor(port))).toMatch(/connection \d: (octet|message)/);
  });

  it('fails if the last messages never come back', async () => {
    let withheld = (): void => {};
    const withholds = new Promise<void>((resolve) => {
      withheld = resolve;
    });
    const port = await serverPort((frames, count) => {
      if (count < GOOD) return frames;
      withheld();
      return [];
    });
    const generator = generatorFor(port);
    await generator.connect(DEADLINE_MS);
    generator.start();
    await withholds;
    const said = /connection \d: \d+ messages are lost: nothing came for 0.2 s/;
    await expect(generator.settle(200)).rejects.toThrow(said);
  });

  it('fails if an answer comes to no message', async () => {
    const port = await serverPort((frames, count) => [
      ...frames,
      ...(count === 0 ? [frames.at(-1)!] : []),
    ]);
    expect(await faultOf(generatorFor(port, 1, 64, 1))).toMatch(
      /nothing was sent for|lost, repeated or moved/,
    );
  });

  it('fails if the handshake is refused, or nobody listens', async () => {
    const refusing = await serverPort((frames) => frames, '503 Full');
    expect(await faultOf(generatorFor(refusing))).toMatch(
      /handshake was answered with "HTTP\/1.1 503 Full/,
    );
    expect(await faultOf(generatorFor(await freePort()))).toMatch(/ECONNREFUSED/);
  });
});
