/* The watch on file descriptors: it tells where none is left, and pauses the listener. */
import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

const CHECK_MS = 250;
/** A listener that was paused stays so for this many checks. */
const PAUSED_CHECKS = 4;
/** A paused listener listens again when this many descriptors are free. */
const FREE_DESCRIPTORS = 16;

/** The parts of a watch. */
export interface DescriptorWatchParts {
  /** Closes the listening socket. */
  pause(): void;
  /** Listens again. @returns false where that fails; the watch tries again */
  resume(): boolean;
  /** Called each time that no descriptor is left. */
  onShortage(): void;
  /** Whether so many descriptors can be opened. Default: tries it. */
  readonly canOpen?: (count: number) => boolean;
}

/**
 * Pauses the listener while no file descriptor is left. The native library would try to accept the
 * same connection again and again, with a whole core, as long as the connection waits. Node needs
 * no pause: there the watch only tells.
 */
export class DescriptorWatch {
  readonly #parts: DescriptorWatchParts;
  readonly #canOpen: (count: number) => boolean;
  #timer: NodeJS.Timeout | undefined;
  /** The checks since the listener was paused; undefined while it listens. */
  #pausedChecks: number | undefined;

  constructor(parts: DescriptorWatchParts) {
    this.#parts = parts;
    this.#canOpen = parts.canOpen ?? canOpenDescriptors;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.check(), CHECK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Pauses or resumes. The timer calls this. */
  check(): void {
    if (this.#pausedChecks === undefined) {
      if (this.#canOpen(1)) return;
      this.#pausedChecks = 0;
      this.#parts.pause();
      this.#parts.onShortage();
      return;
    }
    this.#pausedChecks += 1;
    if (this.#pausedChecks < PAUSED_CHECKS || !this.#canOpen(FREE_DESCRIPTORS)) return;
    if (this.#parts.resume()) this.#pausedChecks = undefined;
  }
}

function canOpenDescriptors(count: number): boolean {
  const opened: number[] = [];
  try {
    while (opened.length < count) opened.push(openSync(devNull, 'r'));
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'EMFILE' && code !== 'ENFILE';
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}
