// A rival of the bus: messages between threads over `BroadcastChannel`.
import { BroadcastChannel } from 'node:worker_threads';

/**
 * Joins the channel on which the threads of this process talk to each other.
 * @param take is called with each message of another thread
 */
export function joinBroadcast<Message>(
  name: string,
  take: (message: Message) => void = () => {},
): BroadcastChannel {
  const channel = new BroadcastChannel(name);
  channel.addEventListener('message', (event) => take((event as MessageEvent).data as Message));
  return channel;
}
