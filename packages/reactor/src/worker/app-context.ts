import type { AppContext, Logger, PublishResult, Transport } from '@hioload/api';

/** What a reactor tells its application. The transport is set before the application's start hook runs. */
export class ReactorContext implements AppContext {
  readonly reactor: number;
  readonly reactors: number;
  readonly log: Logger;
  readonly #transport: Transport;

  constructor(reactor: number, reactors: number, log: Logger, transport: Transport) {
    this.reactor = reactor;
    this.reactors = reactors;
    this.log = log;
    this.#transport = transport;
  }

  // A field, so that an application may take it out of the context: `start({ publish }) { ... }`.
  readonly publish: AppContext['publish'] = (topic, message, options): PublishResult =>
    this.#transport.publish(topic, message, options);
}
