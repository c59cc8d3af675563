// Test support: publishes numbered messages and checks the received ones.
import type { TopicClient } from './client.js';

/** What is published: which number in the row of messages of one publisher to one topic. */
export interface Entry {
  readonly topic: string;
  readonly publisher: string;
  readonly number: number;
}

/** Long enough that a small lane holds few, and of different lengths. */
export function writeEntry({ topic, publisher, number }: Entry, leastBytes = 300): string {
  return `${topic} ${publisher} ${number} ${'.'.repeat(leastBytes + ((number * 37) % 200))}`;
}

export function readEntry(text: string): Entry {
  const [topic, publisher, number] = text.split(' ') as [string, string, string];
  return { topic, publisher, number: Number(number) };
}

/** A publisher that numbers what it publishes to each topic. */
export class Publisher {
  readonly client: TopicClient;
  readonly name: string;
  readonly #leastBytes: number | undefined;
  readonly #next = new Map<string, number>();

  constructor(client: TopicClient, name: string, leastBytes?: number) {
    this.client = client;
    this.name = name;
    this.#leastBytes = leastBytes;
  }

  /** Publishes one message, and hears nothing of it. */
  publish(topic: string): void {
    this.client.publish(topic, writeEntry(this.#take(topic), this.#leastBytes));
  }

  /** Publishes one message; resolves with its number, and whether every reactor took it. */
  async probe(topic: string): Promise<{ readonly number: number; readonly isTaken: boolean }> {
    const entry = this.#take(topic);
    const result = await this.client.ask<{ lanesFull: number }>({
      do: 'publish',
      topic,
      payload: writeEntry(entry, this.#leastBytes),
    });
    return { number: entry.number, isTaken: result.lanesFull === 0 };
  }

  /** How many it has published to a topic. */
  count(topic: string): number {
    return this.#next.get(topic) ?? 0;
  }

  #take(topic: string): Entry {
    const number = this.count(topic);
    this.#next.set(topic, number + 1);
    return { topic, publisher: this.name, number };
  }
}

/** Numbers heard, by `topic publisher`. @throws where one comes twice or out of order */
export function numbersHeard(heard: readonly string[]): Map<string, number[]> {
  const numbers = new Map<string, number[]>();
  for (const text of heard) {
    const { topic, publisher, number } = readEntry(text);
    const key = `${topic} ${publisher}`;
    const before = numbers.get(key);
    if (before === undefined) numbers.set(key, [number]);
    else if (number > before.at(-1)!) before.push(number);
    else throw new Error(`${key}: ${number} after ${before.at(-1)}`);
  }
  return numbers;
}
