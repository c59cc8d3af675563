import { loadUws } from '@hioload/transport/uws';
import { findBun } from '../core/bun-program.js';
import { entryFile } from '../core/paths.js';
import { type ChildCommand, nodeCommand } from '../core/pinned-child.js';

/** How a kind of server is started, or why it cannot be. */
export type ServerStart =
  { readonly available: true; readonly command: ChildCommand } | { readonly available: false; readonly reason: string };

/** A kind of server that echoes. Its process is told a `ServeCommand` and answers with a `ServeReport`. */
export interface ServerKind {
  /** Finds what it needs; called once a run. */
  prepare(): Promise<ServerStart>;
}

const inNode = (path: string): ServerKind => ({
  prepare: () => Promise.resolve({ available: true, command: nodeCommand(path) }),
});

const onUws = (path: string): ServerKind => ({
  prepare: async () => {
    const uws = await loadUws();
    return uws.ok ? { available: true, command: nodeCommand(path) } : { available: false, reason: uws.reason };
  },
});

const inBun = (path: string): ServerKind => ({
  prepare: async () => {
    const bun = await findBun();
    if (!bun.found) return { available: false, reason: bun.reason };
    return { available: true, command: { program: bun.program, args: [entryFile(path)] } };
  },
});

/** Ours, which is measured: the whole server as the launcher starts it, and each transport alone in a process. */
export const SUBJECTS = {
  hioload: onUws('echo/servers/launched-server'),
  'hioload-transport': onUws('echo/servers/transport-server'),
  net: inNode('echo/servers/net-server'),
} as const satisfies Record<string, ServerKind>;

/** Those it is measured against. `uws`, a bare handler, is the baseline of all ratios and the measure of noise. */
export const RIVALS = {
  uws: onUws('echo/servers/uws-server'),
  ws: inNode('echo/servers/ws-server'),
  bun: inBun('echo/servers/bun-server'),
} as const satisfies Record<string, ServerKind>;

export type SubjectName = keyof typeof SUBJECTS;
export type RivalName = keyof typeof RIVALS;

export const SERVER_KINDS: Readonly<Record<SubjectName | RivalName, ServerKind>> = { ...SUBJECTS, ...RIVALS };
