// The kinds of servers, and how a server of each kind is started.
import { loadUws } from '@hioload/transport/uws';
import { findBun } from '../core/bun-program.js';
import { entryFile } from '../core/paths.js';
import { type ChildCommand, nodeCommand } from '../core/pinned-child.js';

/** How a server of a kind is started, or the reason why it cannot be started. */
export type ServerStart =
  | { readonly available: true; readonly command: ChildCommand }
  | { readonly available: false; readonly reason: string };

/** A kind of server. Its process gets a `ServeCommand` and answers with a `ServeReport`. */
export interface ServerKind {
  /** Finds the parts that the server needs. It is called once per run. */
  prepare(): Promise<ServerStart>;
}

/** A server that runs in this Node. @param path as for {@link entryFile} */
export function inNode(path: string, ...args: readonly string[]): ServerKind {
  return {
    prepare: () => Promise.resolve({ available: true, command: nodeCommand(path, ...args) }),
  };
}

/** A server that runs in this Node and needs uWebSockets.js. */
export function onUws(path: string, ...args: readonly string[]): ServerKind {
  return {
    prepare: async () => {
      const uws = await loadUws();
      return uws.ok
        ? { available: true, command: nodeCommand(path, ...args) }
        : { available: false, reason: uws.reason };
    },
  };
}

export function inBun(path: string): ServerKind {
  return {
    prepare: async () => {
      const bun = await findBun();
      if (!bun.found) return { available: false, reason: bun.reason };
      return { available: true, command: { program: bun.program, args: [entryFile(path)] } };
    },
  };
}
