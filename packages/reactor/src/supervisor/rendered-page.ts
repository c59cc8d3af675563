/** Renders an admin page only so often, however many clients ask for it. */

const WINDOW_MS = 1_000;

/**
 * A page that is rendered at most a few times a second. Further requests of the same second get the
 * newest rendering, and requests that come during a rendering share its result. So nobody can keep
 * the supervisor from its other work, such as health, by asking for a page.
 */
export class RenderedPage {
  readonly #render: () => string | Promise<string>;
  readonly #perSecond: number;
  readonly #now: () => number;
  #windowEndsMs = 0;
  #inWindow = 0;
  #newest: Promise<Buffer> | undefined;
  #isRendering = false;

  constructor(
    render: () => string | Promise<string>,
    perSecond: number,
    now: () => number = () => performance.now(),
  ) {
    this.#render = render;
    this.#perSecond = perSecond;
    this.#now = now;
  }

  /** Resolves with the page. All clients share the bytes of one rendering. */
  body(): Promise<Buffer> {
    const nowMs = this.#now();
    if (nowMs >= this.#windowEndsMs) {
      this.#windowEndsMs = nowMs + WINDOW_MS;
      this.#inWindow = 0;
    }
    const isFree = !this.#isRendering && this.#inWindow < this.#perSecond;
    if (this.#newest !== undefined && !isFree) return this.#newest;
    this.#inWindow++;
    this.#isRendering = true;
    this.#newest = this.#renderOnce();
    return this.#newest;
  }

  async #renderOnce(): Promise<Buffer> {
    try {
      return Buffer.from(await this.#render());
    } finally {
      this.#isRendering = false;
    }
  }
}
