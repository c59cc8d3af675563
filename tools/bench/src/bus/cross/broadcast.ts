// A rival of the bus: messages between threads over `BroadcastChannel`.
import { BroadcastChannel } from 'node:worker_threads';

/**
 * Joins what the threads of this process say to each other. @param take told of each message of
 * another thread
 */
export function joinBroadcast<Message>(
  name: string,
  take: (message: Message) => void = () => {},
): BroadcastChannel {
  const channel = new BroadcastChannel(name);
  channel.addEventListener('message', (event) => take((event as MessageEvent).data as Message));
  return channel;
}
