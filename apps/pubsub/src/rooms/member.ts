// What a reactor knows of one connection that may be in rooms.
import type { WebSocketConn } from '@hioload/api';
import type { Tenant } from '../tenants/tenant.js';

/** The data of a connection in one of its rooms. */
export interface Stay {
  readonly name: string;
  /** Whether the member gets the number of people there. */
  readonly presence: boolean;
}

/** The data of a connection that speaks the protocol of rooms. */
export interface MemberData {
  readonly kind: 'member';
  readonly tenant: Tenant;
  /** The rooms of the connection, by name. */
  readonly rooms: Map<string, Stay>;
}

/** A connection that speaks the protocol of rooms. */
export type Member = WebSocketConn<MemberData>;
