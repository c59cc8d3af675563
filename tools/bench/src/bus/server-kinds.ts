// The servers that compete in `bench bus`, and the goals beside each rival.
import { relative } from 'node:path';
import { entryFile, REPOSITORY_ROOT } from '../core/paths.js';
import type { DialectName } from '../load/dialect.js';
import { inBun, inNode, onUws, type ServerKind } from '../servers/server-kind.js';

/** A server that sends each message of a client to all other clients. */
export interface FanOutKind {
  readonly server: ServerKind;
  /** The form in which its clients send messages. */
  readonly dialect: DialectName;
}

const APP = relative(REPOSITORY_ROOT, entryFile('bus/fan-out-app'));

/** Our server over uWebSockets.js, started by the launcher. */
export function hioload(reactors: number): FanOutKind {
  return {
    server: onUws('servers/launched-server', APP, String(reactors), 'uws'),
    dialect: 'plain',
  };
}

/** The subjects: our own servers. */
export const SUBJECTS = {
  'hioload-2': hioload(2),
  'hioload-1': hioload(1),
  // One reactor on every Node version: over this transport two reactors can share a port from Node
  // 22.12 on only.
  'hioload-net-1': { server: inNode('servers/launched-server', APP, '1', 'net'), dialect: 'plain' },
} as const satisfies Record<string, FanOutKind>;

/** The rivals. `uws`, on one loop, is the baseline of all ratios and the measure of noise. */
export const RIVALS = {
  uws: { server: onUws('bus/servers/uws-server'), dialect: 'plain' },
  ws: { server: inNode('bus/servers/ws-server'), dialect: 'plain' },
  'ws-cluster': { server: inNode('bus/servers/ws-cluster-server'), dialect: 'plain' },
  'socket.io': { server: inNode('bus/servers/socket-io-server'), dialect: 'socket.io' },
  bun: { server: inBun('bus/servers/bun-server'), dialect: 'plain' },
} as const satisfies Record<string, FanOutKind>;

export type SubjectName = keyof typeof SUBJECTS;
export type RivalName = keyof typeof RIVALS;

export const FAN_OUT_KINDS: Readonly<Record<SubjectName | RivalName, FanOutKind>> = {
  ...SUBJECTS,
  ...RIVALS,
};

/** The goals: the throughput of the first subject divided by that of a rival. */
export const GOALS: Readonly<Partial<Record<RivalName, number>>> = {
  uws: 0.9,
  ws: 5,
  'ws-cluster': 10,
  'socket.io': 20,
};
