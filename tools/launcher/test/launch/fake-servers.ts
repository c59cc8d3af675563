// Test support: server processes that do what a test says.
import type { FromServer, ToServer } from '../../src/launch/messages.js';
import type {
  ProcessEnd,
  ServerProcess,
  ServerProcessEvents,
  SpawnServer,
} from '../../src/launch/server-process.js';

/** A server process that does only what the test calls. */
export class FakeServerProcess implements ServerProcess {
  readonly pid: number;
  readonly got: ToServer[] = [];
  kills = 0;
  readonly #events: ServerProcessEvents;

  constructor(pid: number, events: ServerProcessEvents) {
    this.pid = pid;
    this.#events = events;
  }

  send(message: ToServer): void {
    this.got.push(message);
  }

  kill(): void {
    this.kills++;
  }

  says(message: FromServer): void {
    this.#events.onMessage(message);
  }

  ends(end: Partial<ProcessEnd> = {}): void {
    this.#events.onEnd({ code: null, signal: null, ...end });
  }

  /** Ends the process as a kill would. */
  dies(): void {
    this.ends({ signal: 'SIGKILL' });
  }

  becomesReady(port: number, adminPort: number | null = port + 1): void {
    this.says({ type: 'ready', url: `ws://127.0.0.1:${port}`, port, adminPort });
  }
}

/** Starts fake server processes and keeps them. */
export class FakeServers {
  readonly all: FakeServerProcess[] = [];

  readonly spawn: SpawnServer = (events) => {
    const server = new FakeServerProcess(100 + this.all.length, events);
    this.all.push(server);
    return server;
  };

  get last(): FakeServerProcess {
    const server = this.all.at(-1);
    if (server === undefined) throw new Error('no server was started');
    return server;
  }
}
