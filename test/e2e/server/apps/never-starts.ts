import { defineApp } from '@hioload/reactor';

export default defineApp({
  start: () => new Promise(() => undefined),
});
