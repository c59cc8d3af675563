// An application for tests that publishes and subscribes as clients ask.
import type { AppContext, ConnId, Subscription } from '@hioload/api';
import { defineApp } from '@hioload/reactor';

/**
 * What a client asks of its connection. Answers come as JSON; what is published goes out as it is.
 */
export type Request =
  | { readonly do: 'who' }
  | {
      readonly do: 'subscribe' | 'unsubscribe' | 'listen' | 'stop-listening';
      readonly topic: string;
    }
  | {
      readonly do: 'publish' | 'publish-from-app';
      readonly topic: string;
      readonly payload: string;
    }
  | { readonly do: 'send'; readonly id: number; readonly payload: string }
  | { readonly do: 'end'; readonly id: number; readonly code: number; readonly reason: string }
  | { readonly do: 'block'; readonly ms: number }
  | { readonly do: 'exit-on'; readonly topic: string }
  | { readonly do: 'die' };

let context: AppContext;
const listening = new Map<string, Subscription>();

/**
 * Publishes binary messages to the topic that their first bytes name, and does what text messages
 * ask for.
 */
export default defineApp({
  limits: {
    maxPayloadBytes: 4 * 1_048_576,
    maxBufferedBytes: 64 * 1_048_576,
    maxSubscriptions: 0,
    maxUpgradesPerSecond: 0,
  },
  start(given) {
    context = given;
  },
  message(conn, message) {
    if (message.isBinary) {
      const bytes = message.bytes();
      const topicEnd = 1 + bytes[0]!;
      const topic = Buffer.from(bytes.subarray(1, topicEnd)).toString();
      conn.publish(topic, bytes.subarray(topicEnd));
      return;
    }
    const request = message.json<Request>();
    const answer = (value: unknown): void => void conn.send(JSON.stringify({ answer: value }));
    switch (request.do) {
      case 'who':
        return answer({ reactor: context.reactor, id: conn.id });
      case 'subscribe':
        return answer(conn.subscribe(request.topic));
      case 'unsubscribe':
        return answer(conn.unsubscribe(request.topic));
      case 'listen':
        listening.set(
          request.topic,
          context.subscribe(request.topic, (topic, heard) =>
            conn.send(`${topic}: ${heard.text()}`),
          ),
        );
        return answer(true);
      case 'stop-listening':
        listening.get(request.topic)!.unsubscribe();
        return answer(true);
      case 'publish':
        return answer(conn.publish(request.topic, request.payload));
      case 'publish-from-app':
        return answer(context.publish(request.topic, request.payload));
      case 'send':
        return answer(context.send(request.id as ConnId, request.payload));
      case 'end':
        return answer(context.end(request.id as ConnId, request.code, request.reason));
      case 'block': {
        const until = performance.now() + request.ms;
        while (performance.now() < until);
        return;
      }
      case 'exit-on':
        context.subscribe(request.topic, () => process.exit(1));
        return answer(true);
      case 'die':
        setImmediate(() => {
          throw new Error('asked to die');
        });
    }
  },
});
