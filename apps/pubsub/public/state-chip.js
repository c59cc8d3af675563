// The chip that shows the state of the connection, and the button for an attempt without delay.

/**
 * Keeps the chip and the button up to date.
 *
 * @param chip shows the state; its `data-state` is for the style sheet
 * @param hurry asks for an attempt now
 * @param openText what the chip says of an open connection
 */
export class StateChip {
  #chip;
  #hurry;
  #openText;
  #countdown;

  constructor(chip, hurry, openText) {
    this.#chip = chip;
    this.#hurry = hurry;
    this.#openText = openText;
  }

  show({ state, waitMs, reason }) {
    clearInterval(this.#countdown);
    this.#chip.dataset.state = state;
    this.#hurry.hidden = state !== 'waiting' && state !== 'ended';
    if (state === 'waiting') this.#countDown(performance.now() + waitMs);
    else if (state === 'open') this.#say(this.#openText);
    else this.#say(state === 'ended' ? `Disconnected: ${reason}` : 'Connecting');
  }

  #countDown(dueMs) {
    const tell = () => {
      const seconds = Math.max(1, Math.ceil((dueMs - performance.now()) / 1_000));
      this.#say(`Disconnected, retrying in ${seconds} s`);
    };
    this.#countdown = setInterval(tell, 200);
    tell();
  }

  /** Changes the text only where it differs, because a screen reader reads each change. */
  #say(text) {
    if (this.#chip.textContent !== text) this.#chip.textContent = text;
  }
}
