import { findBun } from '../core/bun-program.js';
import { entryFile } from '../core/paths.js';
import { type ChildCommand, nodeCommand } from '../core/pinned-child.js';

/** How a kind of server is started, or why it cannot be. */
export type ServerStart =
  { readonly available: true; readonly command: ChildCommand } | { readonly available: false; readonly reason: string };

/** A kind of server that echoes. Its process is told a `ServeCommand` and answers with a `ServeReport`. */
export interface ServerKind {
  readonly about: string;
  /** Finds what it needs; called once a run. */
  prepare(): Promise<ServerStart>;
}

const ownProcess = (about: string, path: string): ServerKind => ({
  about,
  prepare: () => Promise.resolve({ available: true, command: nodeCommand(path) }),
});

/** Ours: what is measured. */
export const SUBJECTS = {
  hioload: ownProcess('the whole server, as the launcher starts it, one reactor', 'echo/servers/launched-server'),
  'hioload-transport': ownProcess('our uWebSockets.js transport alone in a process', 'echo/servers/transport-server'),
} as const satisfies Record<string, ServerKind>;

/** Those it is measured against. The first is the baseline of all ratios and the measure of noise. */
export const RIVALS = {
  uws: ownProcess('a bare uWebSockets.js handler', 'echo/servers/uws-server'),
  ws: ownProcess('the ws package', 'echo/servers/ws-server'),
  bun: {
    about: 'Bun, from npm',
    prepare: async () => {
      const bun = await findBun();
      if (!bun.found) return { available: false, reason: bun.reason };
      return { available: true, command: { program: bun.program, args: [entryFile('echo/servers/bun-server')] } };
    },
  },
} as const satisfies Record<string, ServerKind>;

export type SubjectName = keyof typeof SUBJECTS;
export type RivalName = keyof typeof RIVALS;

export const SERVER_KINDS: Readonly<Record<SubjectName | RivalName, ServerKind>> = { ...SUBJECTS, ...RIVALS };
