/** Tells how often the idle strategy of its reactor was asked, and with how many records in all. */
import { defineApp } from '@hioload/reactor';
import type { OwnIdleFigures } from './own-idle.js';

const figures = (): OwnIdleFigures | undefined =>
  (globalThis as { ownIdle?: OwnIdleFigures }).ownIdle;

export default defineApp({
  open: (conn) => conn.subscribe('news'),
  message: (conn) => conn.send(JSON.stringify(figures() ?? null)),
});
