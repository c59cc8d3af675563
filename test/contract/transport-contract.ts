// Defines the tests of the transport contract for one transport.
import { describe, expect, it } from 'vitest';
import { backpressureCases } from './cases/backpressure.js';
import { closingCases } from './cases/closing.js';
import { controlFrameCases } from './cases/control-frames.js';
import { faultCases } from './cases/faults.js';
import { handshakeCases } from './cases/handshake.js';
import { hookDeadlineCases } from './cases/hook-deadline.js';
import { lifecycleCases } from './cases/lifecycle.js';
import { limitCases } from './cases/limits.js';
import { listeningCases } from './cases/listening.js';
import { messageCases } from './cases/messages.js';
import { metricCases } from './cases/metrics.js';
import { pageCases } from './cases/pages.js';
import { requestCases } from './cases/requests.js';
import { sameTurnCases } from './cases/same-turn.js';
import { sendableCases } from './cases/sendable.js';
import { retentionCases } from './cases/retention.js';
import { sendingCases } from './cases/sending.js';
import { slipCases } from './cases/slips.js';
import { topicCases } from './cases/topics.js';
import { upgradeCases } from './cases/upgrade.js';
import { uplinkCases } from './cases/uplink.js';
import { wellFormedCases } from './cases/well-formed.js';
import type { TransportHarness } from './harness.js';
import { type CaseGroup, Scene } from './scene.js';

const GROUPS: Readonly<Record<string, CaseGroup>> = {
  lifecycle: lifecycleCases,
  messages: messageCases,
  sending: sendingCases,
  'well-formed text': wellFormedCases,
  'what can be sent': sendableCases,
  'in one turn': sameTurnCases,
  backpressure: backpressureCases,
  'control frames': controlFrameCases,
  topics: topicCases,
  uplink: uplinkCases,
  limits: limitCases,
  requests: requestCases,
  handshake: handshakeCases,
  upgrade: upgradeCases,
  pages: pageCases,
  'deadline of the upgrade hook': hookDeadlineCases,
  faults: faultCases,
  slips: slipCases,
  closing: closingCases,
  listening: listeningCases,
  metrics: metricCases,
  retention: retentionCases,
};

/**
 * A case that a transport does not keep, by its name, with the id of the entry in its
 * `features.exemptions`.
 */
export type ContractExemptions = Readonly<Record<string, string>>;

/**
 * Runs every case that any transport has to keep.
 * @param newHarness makes the surroundings of one case
 * @param exemptions checked: each names a case and an exemption that the transport admits; printed,
 * with its reason
 */
export function describeTransportContract(
  name: string,
  newHarness: () => TransportHarness,
  exemptions: ContractExemptions = {},
): void {
  describe(`transport contract: ${name}`, () => {
    it('lists the exemptions that its cases use', async () => {
      const harness = newHarness();
      const scene = new Scene(harness);
      try {
        const { features } = (await scene.build()).transport;
        const cases = Object.values(GROUPS).flatMap((group) => Object.keys(group));
        for (const [exempted, id] of Object.entries(exemptions)) {
          expect(cases, `exempted case of ${name}`).toContain(exempted);
          const admitted = features.exemptions.find((exemption) => exemption.id === id);
          if (admitted === undefined)
            throw new Error(`${name} is exempted by ${id}, which its features do not list`);
          console.info(
            `${name} is exempt from "${exempted}": ${admitted.rule}; instead: ` +
              `${admitted.instead} (${id})`,
          );
        }
      } finally {
        await scene.dispose();
      }
    });

    for (const [group, cases] of Object.entries(GROUPS)) {
      for (const [demand, run] of Object.entries(cases)) {
        it.skipIf(Object.hasOwn(exemptions, demand))(`${group}: ${demand}`, async () => {
          const scene = new Scene(newHarness());
          try {
            await run(scene);
          } finally {
            await scene.dispose();
          }
        });
      }
    }
  });
}
