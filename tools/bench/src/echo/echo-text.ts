// Describes the settings of `bench echo` and the work of one series as text.
import type { EchoSettings } from './settings.js';
import type { EchoWork } from './echo-work.js';

export function describeSettings(settings: EchoSettings): string {
  const { connections, payloadBytes, inFlight, passes, seconds, warmupSeconds } = settings;
  return [
    `CPUs      server on ${settings.serverCpu}, load on ${settings.loadCpus.join(',')}`,
    `load      ${connections} connections, ${payloadBytes.join(' and ')} bytes, ` +
      `${inFlight.join(' and ')} in flight on each`,
    `passes    ${passes} of ${seconds} s after ${warmupSeconds} s of warm-up; server busy ` +
      `${settings.minBusyPercent} % or void`,
  ].join('\n');
}

export function describeWork({ payloadBytes, inFlight }: EchoWork): string {
  return `${payloadBytes} bytes, ${inFlight} in flight on each connection`;
}
