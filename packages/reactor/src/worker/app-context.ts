/** What the hooks of an application are called with on one reactor. */
import type { AppContext, Bus, Logger } from '@hioload/api';

/** The context of the application on one reactor. */
export class ReactorContext implements AppContext {
  readonly reactor: number;
  readonly reactors: number;
  readonly log: Logger;
  // These are fields: an application may take them out of the context, `start({ publish }) {...}`.
  readonly publish: Bus['publish'];
  readonly send: Bus['send'];
  readonly end: Bus['end'];
  readonly subscribe: Bus['subscribe'];

  constructor(reactor: number, reactors: number, log: Logger, bus: Bus) {
    this.reactor = reactor;
    this.reactors = reactors;
    this.log = log;
    this.publish = (topic, message, options) => bus.publish(topic, message, options);
    this.send = (id, message, options) => bus.send(id, message, options);
    this.end = (id, code, reason) => bus.end(id, code, reason);
    this.subscribe = (topic, listener) => bus.subscribe(topic, listener);
  }
}
