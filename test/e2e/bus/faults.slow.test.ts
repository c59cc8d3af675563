// End-to-end tests of the bus with reactors that die or stand still.
import { eventually } from '@hioload/test-support/waiting';
import { describe, expect, it } from 'vitest';
import { startReactors } from '../server/start-server.js';
import { openOnEach, TopicClient } from './client.js';
import { Figures, settledFigures } from './figures.js';
import { numbersHeard, Publisher } from './ledger.js';

const NEWS = 'news';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** What a client heard of a publisher. */
const heardOf = ({ heard }: TopicClient, { name }: Publisher): number[] =>
  numbersHeard(heard).get(`${NEWS} ${name}`) ?? [];

describe('the death of a reactor', () => {
  it('loses the unread messages, counts them, and loses none between other reactors', async () => {
    const reactors = 4;
    const victim = 3;
    const { url, adminUrl, line } = await startReactors(reactors, 'topics.ts');
    const clients = await openOnEach(url, reactors, 4);
    const publishers = clients.map(([client], reactor) => new Publisher(client!, `p${reactor}`));
    const subscribers = clients.map((here) => here.slice(1));
    await Promise.all(subscribers.flat().map((client) => client.subscribe(NEWS)));

    const lost = subscribers[victim]![0]!.closed;
    let isDead = false;
    void lost.then(() => (isDead = true));
    for (let round = 0; !isDead || round < 40; round++) {
      const alive = publishers.filter(({ client }) => !isDead || client.reactor !== victim);
      for (const publisher of alive) for (let i = 0; i < 20; i++) publisher.publish(NEWS);
      if (round === 15) subscribers[victim]![2]!.tell({ do: 'die' });
      const settled = alive.map(({ client }) =>
        Promise.race([client.ask({ do: 'who' }), client.closed]),
      );
      await Promise.all(settled);
    }
    await line(/^reactor 3 ready again$/);
    const figures = await settledFigures(adminUrl);
    expect(figures.lost).toBe(0);

    const survivors = subscribers.filter((_, reactor) => reactor !== victim).flat();
    await Promise.all(survivors.map((client) => client.ask({ do: 'who' })));
    for (const publisher of publishers.filter(({ client }) => client.reactor !== victim)) {
      for (const survivor of survivors)
        expect(heardOf(survivor, publisher)).toEqual(upTo(publisher.count(NEWS)));
      // The dead heard the beginning, without a gap.
      for (const dead of subscribers[victim]!) {
        const numbers = heardOf(dead, publisher);
        expect(numbers).toEqual(upTo(numbers.length));
      }
    }
    // All that it published before it died has come out, to everybody alike.
    const lastWords = heardOf(survivors[0]!, publishers[victim]!);
    expect(lastWords.length).toBeGreaterThan(200);
    for (const survivor of survivors)
      expect(heardOf(survivor, publishers[victim]!)).toEqual(upTo(lastWords.length));

    await expectSuccessor(url, victim, publishers[0]!);
    expect((await Figures.read(adminUrl)).sum('ws_bus_leases')).toBe(0);
  });

  it('in the middle of a batch accounts for every message', async () => {
    const { url, adminUrl, line } = await startReactors(2, 'topics.ts');
    const [[victim], [speaker, witness]] = (await openOnEach(url, 2, 2)) as [
      TopicClient[],
      TopicClient[],
    ];
    await victim!.subscribe(NEWS);
    await victim!.ask({ do: 'exit-on', topic: 'the end' });
    await witness!.subscribe(NEWS);
    const publisher = new Publisher(speaker!, 'speaker');
    for (let i = 0; i < 300; i++) {
      publisher.publish(NEWS);
      if (i === 150) speaker!.publish('the end', 'x'.repeat(5_000));
    }
    await victim!.closed;
    await line(/^reactor 0 ready again$/);
    const figures = await settledFigures(adminUrl);
    expect(figures.sum('ws_messages_dropped_total{reason="reactor_ended"}')).toBeGreaterThan(0);
    await witness!.ask({ do: 'who' });
    expect(heardOf(witness!, publisher)).toEqual(upTo(300));
  });

  async function expectSuccessor(
    url: string,
    reactor: number,
    publisher: Publisher,
  ): Promise<void> {
    let successor = await TopicClient.open(url);
    while (successor.reactor !== reactor) successor = await TopicClient.open(url);
    await successor.subscribe(NEWS);
    const { number } = await publisher.probe(NEWS);
    await eventually('the successor has heard', () => successor.heard.length > 0);
    expect(heardOf(successor, publisher)).toEqual([number]);
    expect(
      await successor.ask({
        do: 'send',
        id: publisher.client.id,
        payload: 'from your new neighbour',
      }),
    ).toBe('sent');
    await eventually('it can publish, too', () =>
      publisher.client.heard.includes('from your new neighbour'),
    );
  }
});
