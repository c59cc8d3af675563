// A fake admission for tests: answers as the test says, and checks that each release has a booking.
import { type Admission, AdmissionVerdict, HioloadError } from '@hioload/api';

/**
 * Admits everybody until the test sets another verdict, and checks that each admitted connection is
 * released exactly once.
 *
 * ```ts
 * const admission = new FakeAdmission();
 * admission.verdict = AdmissionVerdict.Full; // from now on everybody is turned away
 * expect(admission.booked).toBe(0); // whoever was let in has left
 * ```
 */
export class FakeAdmission implements Admission {
  /** The answer to the next question, and to all later ones. */
  verdict: AdmissionVerdict = AdmissionVerdict.Admitted;
  /** The remote addresses of all questions, in order, with the answers. */
  readonly asked: { readonly remoteAddress: string; readonly verdict: AdmissionVerdict }[] = [];
  readonly #booked = new Map<string, number>();

  /** Connections booked and not yet released. */
  get booked(): number {
    let sum = 0;
    for (const count of this.#booked.values()) sum += count;
    return sum;
  }

  /** Connections of one address booked and not yet released. */
  bookedBy(remoteAddress: string): number {
    return this.#booked.get(remoteAddress) ?? 0;
  }

  admit(remoteAddress: string): AdmissionVerdict {
    const { verdict } = this;
    this.asked.push({ remoteAddress, verdict });
    if (verdict === AdmissionVerdict.Admitted)
      this.#booked.set(remoteAddress, this.bookedBy(remoteAddress) + 1);
    return verdict;
  }

  /** @throws HIOLOAD_STATE if the address has no booked connection */
  release(remoteAddress: string): void {
    const booked = this.bookedBy(remoteAddress);
    if (booked === 0) {
      throw new HioloadError(
        'HIOLOAD_STATE',
        `release of ${JSON.stringify(remoteAddress)}: no connection is booked; release once ` +
          'per admitted connection',
      );
    }
    this.#booked.set(remoteAddress, booked - 1);
  }
}
