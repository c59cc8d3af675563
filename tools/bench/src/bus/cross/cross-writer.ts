// Sends all messages of a pass from one reactor to the other.
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { CrossPlan } from './cross-messages.js';
import { nowNs, writeMessage } from './cross-payload.js';

/** Messages that the writer sends in one turn of its event loop. */
const BURST = 256;
/** A pause in which a reader that sleeps falls asleep. */
const PAUSE_MS = 1;

/**
 * Sends all messages of a pass.
 * @param send returns false if there is no room now; then the same message is sent again later
 */
export async function writeAll(plan: CrossPlan, send: (message: Buffer) => boolean): Promise<void> {
  const { kind, messages, messageBytes, warmUp } = plan;
  const message = Buffer.alloc(messageBytes);
  let next = 0;
  const sendNext = (sentNs: number): boolean => {
    writeMessage(message, next, sentNs);
    if (!send(message)) return false;
    next += 1;
    return true;
  };
  while (next < messages) {
    if (kind === 'throughput') {
      for (let left = Math.min(BURST, messages - next); left > 0 && sendNext(0); left -= 1);
      await setImmediate();
    } else {
      await (next < warmUp ? setImmediate() : pause(plan.loop));
      sendNext(nowNs());
    }
  }
}

/**
 * Waits as the reactor does. A timer would disturb: a loop that spins runs a timer once in a
 * thousand turns, by code that is not compiled yet.
 */
async function pause(loop: CrossPlan['loop']): Promise<void> {
  if (loop === 'park') return setTimeout(PAUSE_MS);
  const untilMs = performance.now() + PAUSE_MS;
  while (performance.now() < untilMs) await setImmediate();
}
