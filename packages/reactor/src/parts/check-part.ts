/** Checks whether a part of a user has the members that its contract asks for. */
import { HioloadError, textOfThrown, type Topology, type TransportKind } from '@hioload/api';
import { describeExport, describeValue } from './load-module.js';

/** The kind of value that a member must be, in the words of an error. */
type MemberKind =
  'a function' | 'an object' | 'a list' | 'a text' | 'a whole number' | 'true or false';

const TESTS: Readonly<Record<MemberKind, (value: unknown) => boolean>> = {
  'a function': (value) => typeof value === 'function',
  'an object': (value) => typeof value === 'object' && value !== null,
  'a list': Array.isArray,
  'a text': (value) => typeof value === 'string',
  'a whole number': Number.isInteger,
  'true or false': (value) => typeof value === 'boolean',
};

/** The members that a part must have, each with its kind of value. */
export type Members = Readonly<Record<string, MemberKind>>;

/** The members of a `Transport`. */
export const TRANSPORT_MEMBERS: Members = {
  features: 'an object',
  listen: 'a function',
  stopListening: 'a function',
  forEachConnection: 'a function',
  connection: 'a function',
  publish: 'a function',
  deliver: 'a function',
  close: 'a function',
  connectionCount: 'a whole number',
};
/** The members of a `Reactor`. */
export const REACTOR_MEMBERS: Members = {
  start: 'a function',
  drain: 'a function',
  stop: 'a function',
};
/** The members of an `IdleStrategy`. */
export const IDLE_MEMBERS: Members = { name: 'a text', next: 'a function' };
/** The members of an `Affinity`. */
export const AFFINITY_MEMBERS: Members = {
  available: 'an object',
  currentThreadId: 'a function',
  pin: 'a function',
  read: 'a function',
};
/** The members of a `Clock`. */
export const CLOCK_MEMBERS: Members = { now: 'a function', after: 'a function' };
const TOPOLOGY_MEMBERS: Members = {
  cpus: 'a list',
  nodes: 'a list',
  allowedCpus: 'a list',
};
const CPU_MEMBERS: Members = {
  id: 'a whole number',
  core: 'a whole number',
  package: 'a whole number',
  llc: 'a whole number',
  node: 'a whole number',
};
const NODE_MEMBERS: Members = { id: 'a whole number', distances: 'a list' };

const KIND_MEMBERS: Members = { name: 'a text', features: 'an object', create: 'a function' };
const EXEMPTION_MEMBERS: Members = { id: 'a text', instead: 'a text' };
const NAME = /^[\w.-]{1,32}$/;

/**
 * Says why a value is no part with these members. Undefined if the value is one. Never throws,
 * although a member may throw when it is read.
 */
export function lackOf(value: unknown, members: Members): string | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    return `got ${describeExport(value)}`;
  for (const [member, kind] of Object.entries(members)) {
    let found: unknown;
    try {
      found = (value as Record<string, unknown>)[member];
    } catch (error) {
      return `its ${member} cannot be read: ${textOfThrown(error)}`;
    }
    if (!TESTS[kind](found)) return `its ${member} must be ${kind}; got ${describeValue(found)}`;
  }
  return undefined;
}

/** Says why a value is no `TransportKind`. Undefined if the value is one. Never throws. */
export function lackOfKind(value: unknown): string | undefined {
  try {
    return lackOfReadableKind(value);
  } catch (error) {
    return `it cannot be read: ${textOfThrown(error)}`;
  }
}

function lackOfReadableKind(value: unknown): string | undefined {
  const lack = lackOf(value, KIND_MEMBERS);
  if (lack !== undefined) return lack;
  const { name, features } = value as TransportKind;
  if (!NAME.test(name))
    return (
      'its name must be 1 to 32 letters, digits, dots, dashes or underscores; ' +
      `got ${JSON.stringify(name)}`
    );
  const lacking = lackOf(features, { sharesPort: 'true or false', exemptions: 'a list' });
  if (lacking !== undefined) return lacking.replace(/^its /, 'its features.');
  const { usesPort } = features;
  if (usesPort !== undefined && typeof usesPort !== 'boolean')
    return `its features.usesPort must be true or false; got ${describeValue(usesPort)}`;
  const unfit = features.exemptions.findIndex(
    (exemption) => lackOf(exemption, EXEMPTION_MEMBERS) !== undefined,
  );
  return unfit === -1
    ? undefined
    : `its features.exemptions[${unfit}] must be an object with id and instead, which are texts`;
}

/** Says what a value lacks to be a `Topology` that reactors can be placed on. */
export function lackOfTopology(value: unknown): string | undefined {
  const lack = lackOf(value, TOPOLOGY_MEMBERS);
  if (lack !== undefined) return lack;
  const { cpus, nodes, allowedCpus } = value as Topology;
  const empty = Object.entries({ cpus, nodes, allowedCpus }).find(([, list]) => list.length === 0);
  if (empty !== undefined) return `its ${empty[0]} must not be empty`;
  for (const [index, cpu] of cpus.entries()) {
    const lacking = lackOf(cpu, CPU_MEMBERS);
    if (lacking !== undefined) return lacking.replace(/^(its )?/, `its cpus[${index}]: `);
  }
  for (const [index, node] of nodes.entries()) {
    const lacking = lackOf(node, NODE_MEMBERS);
    if (lacking !== undefined) return lacking.replace(/^(its )?/, `its nodes[${index}]: `);
  }
  const known = new Set(cpus.map(({ id }) => id));
  // A value of any type may be there, `undefined` too.
  const unfit = allowedCpus.findIndex((id) => !known.has(id));
  if (unfit === -1) return undefined;
  const id: unknown = allowedCpus[unfit];
  const got = typeof id === 'number' ? String(id) : describeValue(id);
  return `its allowedCpus must be ids of its cpus; got ${got}`;
}

/**
 * Refuses a part that lacks a member.
 * @param what the part, such as `transport: the default export of /app/own.ts`
 * @param needed the contract of the part, such as `a TransportKind`
 * @param lack the reason to refuse the part; undefined if there is none
 * @throws HIOLOAD_PART_INVALID
 */
export function requirePart(what: string, needed: string, lack: string | undefined): void {
  if (lack === undefined) return;
  throw new HioloadError('HIOLOAD_PART_INVALID', `${what} must be ${needed}; ${lack}`);
}
