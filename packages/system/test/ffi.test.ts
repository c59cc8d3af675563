// Tests of the door to `node:ffi`: when it opens, and the reason when it does not.
import { expect, test } from 'vitest';
import { type FfiHost, open, openFfi } from '../src/internal.js';

const module = { dlopen: () => ({ functions: {} }) };

/** A process with `node:ffi`, except for the given members. */
function processWith(members: Partial<FfiHost>): FfiHost & { readonly warnings: string[] } {
  const warnings: string[] = [];
  return {
    version: 'v26.12.1',
    getBuiltinModule: () => module,
    emitWarning: (warning) => void warnings.push(String(warning)),
    ...members,
    warnings,
  };
}

test('a Node with node:ffi opens it', () => {
  expect(openFfi(processWith({}))).toEqual({ ok: true, ffi: module });
});

test.each([
  ['v20.20.2', undefined, 'Node 20.20.2 has no node:ffi; Node 26.1 and newer have it'],
  ['v26.0.0', () => undefined, 'Node 26.0.0 has no node:ffi; Node 26.1 and newer have it'],
  [
    'v26.1.0',
    () => undefined,
    'Node 26.1.0 runs with --no-experimental-ffi, or was built without node:ffi',
  ],
  [
    'v28.0.0',
    () => undefined,
    'Node 28.0.0 runs with --no-experimental-ffi, or was built without node:ffi',
  ],
])('Node %s without the module says why', (version, getBuiltinModule, reason) => {
  const host = processWith({ version });
  delete (host as { getBuiltinModule?: unknown }).getBuiltinModule;
  expect(openFfi(getBuiltinModule === undefined ? host : { ...host, getBuiltinModule })).toEqual({
    ok: false,
    reason,
  });
});

test('a process that may not call C says which flag is missing', () => {
  const reason = 'Node runs with --permission and without --allow-ffi';
  expect(openFfi(processWith({ permission: { has: () => false } }))).toEqual({ ok: false, reason });
  expect(openFfi(processWith({ permission: { has: () => true } })).ok).toBe(true);
});

test('only the warning of node:ffi is left out', () => {
  const host = processWith({});
  const { emitWarning } = host;
  host.getBuiltinModule = () => {
    host.emitWarning('FFI is an experimental feature', 'ExperimentalWarning');
    host.emitWarning('FFI is slow today', 'OtherWarning');
    host.emitWarning('Something else is experimental', 'ExperimentalWarning');
    return module;
  };
  openFfi(host);
  expect(host.warnings).toEqual(['FFI is slow today', 'Something else is experimental']);
  expect(host.emitWarning).toBe(emitWarning);
});

test('a platform other than Linux loads nothing', () => {
  const door = open('darwin', () => {
    throw new Error('loaded');
  });
  expect(door).toEqual({
    ok: false,
    reason: 'system calls are known for Linux only, this is darwin',
  });
});

test('a C library without a function closes the door', () => {
  const dlopen = (): never => {
    throw new Error('dlsym: gettid is not defined');
  };
  const ffi = { ...module, dlopen } as never;
  expect(open('linux', () => ({ ok: true, ffi }))).toEqual({
    ok: false,
    reason: 'the C library lacks a function: dlsym: gettid is not defined',
  });
});
