// The pubsub application: puts tenants, rooms, presence and figures together.
import type {
  AppContext,
  AppDefinition,
  UpgradeDecision,
  UpgradeRequest,
  WebSocketConn,
} from '@hioload/api';
import { randomUUID } from 'node:crypto';
import { FIGURES_TOPIC, FiguresFeed } from './figures/feed.js';
import { loadPages } from './browser-pages.js';
import { MAX_REQUEST_BYTES } from './protocol/bounds.js';
import { encode, errorReply, SAID_PREFIX } from './protocol/replies.js';
import { parseRequest } from './protocol/requests.js';
import type { Member, MemberData } from './rooms/member.js';
import { Presence } from './rooms/presence.js';
import { Rooms } from './rooms/rooms.js';
import { TopicCount } from './rooms/topic-count.js';
import { Tally } from './tally/tally.js';
import { roomOfKey } from './tenants/keys.js';
import type { QuotaBook } from './tenants/quotas.js';
import { Tenant } from './tenants/tenant.js';
import { Tenants } from './tenants/tenants.js';

/** The data of a connection that only watches figures. */
interface WatcherData {
  readonly kind: 'watcher';
}

/** The data of a connection. */
export type ConnData = MemberData | WatcherData;

type Conn = WebSocketConn<ConnData>;

/** The path of the rooms of a tenant, whose name follows. */
const ROOMS_PATH = '/rooms/';
const FIGURES_PATH = '/figures';

/** The application, as one reactor runs it. */
export function pubsub(quotas: QuotaBook): AppDefinition<ConnData> {
  // Set by `start`, before any other hook runs.
  let parts: Parts;
  return {
    path: '/*',
    pages: loadPages(),
    limits: { maxPayloadBytes: MAX_REQUEST_BYTES },
    start(context) {
      parts = assemble(context, quotas);
      parts.tally.start();
      parts.figures.start();
    },
    stop() {
      parts.figures.stop();
      parts.presence.stop();
      parts.tally.stop();
    },
    upgrade: (request) => decide(request, parts.tenants),
    open(conn) {
      if (!isMember(conn)) {
        conn.subscribe(FIGURES_TOPIC);
        return;
      }
      const { tenant } = conn.data;
      parts.tenants.enter(tenant);
      const { reactor, reactors } = parts.context;
      conn.send(encode({ type: 'welcome', tenant: tenant.name, reactor, reactors }));
    },
    message(conn, message) {
      if (!isMember(conn)) return;
      if (message.isBinary) {
        conn.send(
          encode(
            errorReply('binary', 'a message must be JSON text; got a binary message', undefined),
          ),
        );
        return;
      }
      const request = parseRequest(message.text());
      if (request.type === 'error') conn.send(encode(request));
      else parts.rooms.handle(conn, request);
    },
    dropped(conn, message) {
      if (isMember(conn) && message.text().startsWith(SAID_PREFIX))
        conn.data.tenant.counters.lostInQueues++;
    },
    drain(conn) {
      if (isMember(conn)) parts.rooms.tellAgain(conn);
    },
    close(conn) {
      if (!isMember(conn)) return;
      parts.rooms.leaveAll(conn);
      parts.tenants.leave(conn.data.tenant);
    },
  };
}

interface Parts {
  readonly context: AppContext;
  readonly tally: Tally;
  readonly tenants: Tenants;
  readonly presence: Presence;
  readonly rooms: Rooms;
  readonly figures: FiguresFeed;
}

function assemble(context: AppContext, quotas: QuotaBook): Parts {
  const { reactor, reactors, publish } = context;
  const life = randomUUID();
  const topics = new TopicCount();
  const tally = new Tally({
    bus: context,
    life,
    onChange(key, total, before) {
      const changed = roomOfKey(key);
      if (changed === undefined) return;
      topics.note(changed.tenant, total, before);
      presence.note(changed.tenant, changed.room);
    },
  });
  const presence = new Presence({ life, publish, tally });
  const tenants = new Tenants({ quotas, tally, reactors });
  const rooms = new Rooms({ reactor, life, tally, topics });
  const figures = new FiguresFeed({ reactor, reactors, life, publish, tenants });
  return { context, tally, tenants, presence, rooms, figures };
}

function decide({ path }: UpgradeRequest, tenants: Tenants): UpgradeDecision<ConnData> {
  if (path === FIGURES_PATH) return { status: 101, data: { kind: 'watcher' } };
  if (!path.startsWith(ROOMS_PATH))
    return { status: 404, reason: `There are ${ROOMS_PATH}TENANT and ${FIGURES_PATH}.` };
  const answer = tenants.ask(path.slice(ROOMS_PATH.length));
  if (!(answer instanceof Tenant)) return answer;
  return { status: 101, data: { kind: 'member', tenant: answer, rooms: new Map() } };
}

function isMember(conn: Conn): conn is Member {
  return conn.data.kind === 'member';
}
