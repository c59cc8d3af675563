// The pubsub application for tests, with a word that ends its reactor.
import type { AppDefinition } from '@hioload/api';
import { defineApp } from '@hioload/reactor';

const { default: pubsub } = (await import(
  new URL('../../../apps/pubsub/src/pubsub.ts', import.meta.url).href
)) as {
  default: AppDefinition;
};

/** The rooms, but for one word that ends the reactor it is said on. */
export default defineApp<unknown>({
  ...pubsub,
  message(conn, message) {
    if (message.text() !== 'die') return pubsub.message?.(conn, message);
    setImmediate(() => {
      throw new Error('asked to die');
    });
    return undefined;
  },
});
