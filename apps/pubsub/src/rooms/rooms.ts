// Handles the requests of members: join a room, leave it, say something there.
import { encode, errorReply, type ErrorReply, type Reply, type Said } from '../protocol/replies.js';
import type { Join, Leave, ChatRequest, Say } from '../protocol/requests.js';
import type { Tally } from '../tally/tally.js';
import { peopleKey, presenceTopic, roomTopic } from '../tenants/keys.js';
import type { Member } from './member.js';
import type { TopicCount } from './topic-count.js';

/** The parts that rooms need. */
export interface RoomsParts {
  readonly reactor: number;
  readonly life: string;
  readonly tally: Pick<Tally, 'add' | 'total'>;
  readonly topics: Pick<TopicCount, 'of'>;
}

/** Handles the requests of members. */
export class Rooms {
  readonly #parts: RoomsParts;

  constructor(parts: RoomsParts) {
    this.#parts = parts;
  }

  /** Handles a request of a member, or tells the member why it failed. */
  handle(member: Member, request: ChatRequest): void {
    const failure = this.#do(member, request);
    if (failure !== undefined) reply(member, failure);
  }

  /** Removes a member, whose connection has ended, from all of its rooms. */
  leaveAll({ data: { tenant, rooms } }: Member): void {
    for (const room of rooms.keys()) this.#parts.tally.add(peopleKey(tenant.name, room), -1);
    rooms.clear();
  }

  /**
   * Tells a member the number of people in all of its rooms, because earlier messages may have been
   * lost.
   */
  tellAgain(member: Member): void {
    const { tenant, rooms } = member.data;
    for (const [room, { presence }] of rooms) {
      if (presence)
        reply(member, { type: 'presence', room, people: this.#people(tenant.name, room) });
    }
  }

  #do(member: Member, request: ChatRequest): ErrorReply | undefined {
    switch (request.type) {
      case 'join':
        return this.#join(member, request);
      case 'leave':
        return this.#leave(member, request);
      case 'say':
        return this.#say(member, request);
    }
  }

  #join(member: Member, { room, name, presence, ref }: Join): ErrorReply | undefined {
    const { tenant, rooms } = member.data;
    const isNew = !rooms.has(room);
    const failure = isNew ? this.#mayEnter(member, room, ref) : undefined;
    if (failure !== undefined) return failure;
    // The member is subscribed first and counted afterwards, so that it hears of everybody who
    // comes after it.
    if (!this.#subscribe(member, room, presence)) {
      if (isNew) this.#unsubscribe(member, room);
      return errorReply(
        'too-many-rooms',
        `in ${rooms.size} rooms, and the server allows no more subscriptions`,
        ref,
      );
    }
    rooms.set(room, { name, presence });
    if (isNew) this.#parts.tally.add(peopleKey(tenant.name, room), 1);
    reply(member, { type: 'joined', room, people: this.#people(tenant.name, room) });
    return undefined;
  }

  #subscribe(member: Member, room: string, presence: boolean): boolean {
    const tenant = member.data.tenant.name;
    const presences = presenceTopic(this.#parts.life, tenant, room);
    if (!presence) member.unsubscribe(presences);
    return member.subscribe(roomTopic(tenant, room)) && (!presence || member.subscribe(presences));
  }

  #unsubscribe(member: Member, room: string): void {
    const tenant = member.data.tenant.name;
    member.unsubscribe(roomTopic(tenant, room));
    member.unsubscribe(presenceTopic(this.#parts.life, tenant, room));
  }

  #mayEnter(
    { data: { tenant, rooms } }: Member,
    room: string,
    ref: number | undefined,
  ): ErrorReply | undefined {
    const { topics, roomsPerConnection } = tenant.quotas;
    if (rooms.size >= roomsPerConnection) {
      return errorReply(
        'too-many-rooms',
        `in ${rooms.size} rooms already; a connection may be in ${roomsPerConnection}`,
        ref,
      );
    }
    const isNew = this.#people(tenant.name, room) === 0;
    if (isNew && this.#parts.topics.of(tenant.name) >= topics) {
      tenant.counters.refusedTopics++;
      return errorReply(
        'quota-topics',
        `tenant ${tenant.name} has all ${topics} rooms of its quota`,
        ref,
      );
    }
    return undefined;
  }

  #leave(member: Member, { room, ref }: Leave): ErrorReply | undefined {
    const { tenant, rooms } = member.data;
    if (!rooms.delete(room)) return notInRoom(room, ref);
    this.#unsubscribe(member, room);
    this.#parts.tally.add(peopleKey(tenant.name, room), -1);
    reply(member, { type: 'left', room });
    return undefined;
  }

  #say(member: Member, { room, text, ref }: Say): ErrorReply | undefined {
    const { tenant, rooms } = member.data;
    const stay = rooms.get(room);
    if (stay === undefined) return notInRoom(room, ref);
    if (!tenant.rate.take()) {
      tenant.counters.refusedSays++;
      return errorReply(
        'quota-rate',
        `tenant ${tenant.name} may say ${tenant.quotas.saysPerSecond} a second`,
        ref,
      );
    }
    const said: Said = { type: 'said', room, name: stay.name, text, reactor: this.#parts.reactor };
    const { lanesFull } = member.publish(roomTopic(tenant.name, room), encode(said));
    reply(member, ref === undefined ? said : { ...said, ref });
    tenant.counters.said++;
    tenant.counters.due += this.#people(tenant.name, room);
    tenant.counters.lostOnLanes += lanesFull;
    return undefined;
  }

  #people(tenant: string, room: string): number {
    return this.#parts.tally.total(peopleKey(tenant, room));
  }
}

function reply(member: Member, message: Reply): void {
  member.send(encode(message));
}

function notInRoom(room: string, ref: number | undefined): ErrorReply {
  return errorReply('not-in-room', `not in room ${room}; join it first`, ref);
}
