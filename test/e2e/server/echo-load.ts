// Test support: keeps messages in flight on a connection and checks each echo.
import type { WebSocket } from 'ws';

/** What a connection under load has seen. */
export interface LoadOutcome {
  readonly sent: number;
  readonly echoed: number;
  /** The first thing that was not as expected. */
  readonly fault: string | undefined;
}

/**
 * Keeps `inFlight` messages under way on a connection until `running` says no, then waits for the
 * last echo. Each message tells its connection and its number and is filled up to a length of its
 * own, so that none passes for another.
 */
export function echoLoad(
  socket: WebSocket,
  name: number,
  inFlight: number,
  running: () => boolean,
): Promise<LoadOutcome> {
  let sent = 0;
  let echoed = 0;
  let fault: string | undefined;
  const message = (n: number): string => `${name}:${n}:${'x'.repeat((n * 7 + name) % 512)}`;
  return new Promise((resolve) => {
    const settle = (): void => resolve({ sent, echoed, fault });
    const send = (): void => socket.send(message(sent++));
    socket.on('message', (data: Buffer) => {
      const [got, expected] = [data.toString(), message(echoed)];
      if (got !== expected) fault ??= `echo ${echoed} of connection ${name} is ${got.slice(0, 40)}`;
      echoed++;
      if (running() && fault === undefined) send();
      else if (echoed === sent) settle();
    });
    socket.once('close', (code) => {
      if (echoed < sent) fault ??= `closed with ${code}`;
      settle();
    });
    for (let i = 0; i < inFlight; i++) send();
  });
}
