// The servers that compete in `bench echo`.
import { inBun, inNode, onUws, type ServerKind } from '../servers/server-kind.js';

/**
 * The subjects: our whole server as the launcher starts it, and each of our transports alone in a
 * process.
 */
export const SUBJECTS = {
  hioload: onUws('servers/launched-server', 'apps/echo/src/echo.ts', '1'),
  'hioload-transport': onUws('echo/servers/transport-server'),
  net: inNode('echo/servers/net-server'),
} as const satisfies Record<string, ServerKind>;

/** The rivals. `uws`, a bare handler, is the baseline of all ratios and the measure of noise. */
export const RIVALS = {
  uws: onUws('echo/servers/uws-server'),
  ws: inNode('echo/servers/ws-server'),
  bun: inBun('echo/servers/bun-server'),
} as const satisfies Record<string, ServerKind>;

export type SubjectName = keyof typeof SUBJECTS;
export type RivalName = keyof typeof RIVALS;

export const SERVER_KINDS: Readonly<Record<SubjectName | RivalName, ServerKind>> = {
  ...SUBJECTS,
  ...RIVALS,
};
