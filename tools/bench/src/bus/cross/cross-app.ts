// The application of `bench bus` that writes on one reactor and reads on another, without sockets.
import type { AppContext } from '@hioload/api';
import { defineApp } from '@hioload/reactor';
import { joinBroadcast } from './broadcast.js';
import {
  CONTROL_CHANNEL,
  type CrossControl,
  type CrossPlan,
  PLAN_VARIABLE,
  RIVAL_CHANNEL,
} from './cross-messages.js';
import { CrossReader } from './cross-reader.js';
import { writeAll } from './cross-writer.js';

/** Runs on two reactors without sockets. The first writes, the second reads. */

const TOPIC = 'cross';

/**
 * The most messages under way. A `BroadcastChannel` has no bound of its own, and would fill the
 * memory.
 */
const RIVAL_IN_FLIGHT = 4_096;

const plan = JSON.parse(process.env[PLAN_VARIABLE] ?? '{}') as CrossPlan;

export default defineApp({
  start(context) {
    if (context.reactor === 0) startWriter(context);
    else startReader(context);
  },
});

function startReader({ subscribe }: AppContext): void {
  const control = joinBroadcast(CONTROL_CHANNEL);
  const reader = new CrossReader(plan, (result) => control.postMessage(result));
  if (plan.channel === 'bus') {
    subscribe(TOPIC, (_, message) => reader.read(message.bytes()));
    return;
  }
  let read = 0;
  joinBroadcast<Uint8Array>(RIVAL_CHANNEL, (message) => {
    reader.read(message);
    read += 1;
    // The writer waits for this message.
    if (read % (RIVAL_IN_FLIGHT / 2) === 0)
      control.postMessage({ kind: 'read', count: read } satisfies CrossControl);
  });
}

function startWriter({ publish }: AppContext): void {
  const rival = joinBroadcast(RIVAL_CHANNEL);
  let [sent, read] = [0, 0];
  const send = {
    // A full lane means that no reactor took the message.
    bus: (message: Buffer) => publish(TOPIC, message).lanesFull === 0,
    BroadcastChannel: (message: Buffer) => {
      if (sent - read >= RIVAL_IN_FLIGHT) return false;
      sent += 1;
      rival.postMessage(message);
      return true;
    },
  }[plan.channel];
  joinBroadcast<CrossControl>(CONTROL_CHANNEL, (message) => {
    if (message.kind === 'go') void writeAll(plan, send);
    else if (message.kind === 'read') read = message.count;
  });
}
