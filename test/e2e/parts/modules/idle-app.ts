/** Tells how often the idle strategy of its reactor was asked. */
import { defineApp } from '@hioload/reactor';

const asked = (): number => (globalThis as { ownIdleAsked?: () => number }).ownIdleAsked?.() ?? 0;

export default defineApp({
  message: (conn) => conn.send(String(asked())),
});
