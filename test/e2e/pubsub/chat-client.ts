// Test support: a client of the pubsub application.
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';

/** The application. */
export const PUBSUB = fileURLToPath(new URL('../../../apps/pubsub/src/pubsub.ts', import.meta.url));

/** A message of the server, as it came. */
export interface Reply {
  readonly type: string;
  readonly room?: string;
  readonly text?: string;
  readonly people?: number;
  readonly reactor?: number;
  readonly reactors?: number;
}

/** A client of the rooms. */
export class ChatClient {
  readonly socket: WebSocket;
  /** The reactor it is on. */
  readonly reactor: number;
  readonly replies: Reply[] = [];

  private constructor(socket: WebSocket, welcome: Reply) {
    this.socket = socket;
    this.reactor = welcome.reactor ?? -1;
    socket.on('message', (data: Buffer) => this.replies.push(JSON.parse(data.toString()) as Reply));
  }

  static async open(url: string, tenant = 'public'): Promise<ChatClient> {
    const socket = new WebSocket(`${url}/rooms/${tenant}`, { perMessageDeflate: false });
    const [welcome] = (await once(socket, 'message')) as [Buffer];
    return new ChatClient(socket, JSON.parse(welcome.toString()) as Reply);
  }

  /** Connects until there is one on each of so many reactors; by reactor. */
  static async openOnEach(url: string, reactors: number): Promise<ChatClient[]> {
    const clients = new Map<number, ChatClient>();
    while (clients.size < reactors) {
      const client = await ChatClient.open(url);
      if (clients.has(client.reactor)) client.socket.terminate();
      else clients.set(client.reactor, client);
    }
    return [...clients].sort(([a], [b]) => a - b).map(([, client]) => client);
  }

  tell(request: object): void {
    this.socket.send(JSON.stringify(request));
  }

  join(room: string, name = 'somebody'): void {
    this.tell({ type: 'join', room, name });
  }

  /** The messages of the room, oldest first. */
  get heard(): (string | undefined)[] {
    return this.replies.filter(({ type }) => type === 'said').map(({ text }) => text);
  }

  /** The last number of people that it was told of. */
  get people(): number | undefined {
    return this.replies.findLast(({ people }) => people !== undefined)?.people;
  }
}
