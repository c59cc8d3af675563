// An application for tests whose start hook never ends.
import { defineApp } from '@hioload/reactor';

export default defineApp({
  start: () => new Promise(() => undefined),
});
