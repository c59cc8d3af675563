/** A reactor of a user's: it listens and drains by the contracts of `Reactor` and `Transport`. */
import {
  type DrainOptions,
  type Reactor,
  type ReactorFactory,
  ReactorState,
  type WebSocketConn,
} from '@hioload/reactor';
import { setTimeout as delay } from 'node:timers/promises';

const createReactor: ReactorFactory = ({ app, context, transport, address }) => {
  let state: ReactorState = ReactorState.Starting;
  const reactor: Reactor = {
    index: context.reactor,
    get state() {
      return state;
    },
    async start() {
      context.log.info(`own reactor ${context.reactor} starts`);
      await app.start?.(context);
      const port = await transport.listen(address);
      state = ReactorState.Ready;
      return port;
    },
    async drain({ code }: DrainOptions) {
      state = ReactorState.Draining;
      transport.stopListening();
      const conns: WebSocketConn[] = [];
      transport.forEachConnection((conn) => conns.push(conn));
      for (const conn of conns) conn.end(code, 'own goodbye');
      while (transport.connectionCount > 0) await delay(5);
    },
    async stop() {
      state = ReactorState.Stopped;
      await app.stop?.(context);
      transport.close();
    },
  };
  return reactor;
};

export default createReactor;
