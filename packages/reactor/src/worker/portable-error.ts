/** Carries an error of a reactor thread to the supervisor, with the error that lies behind it. */
import {
  causesOfThrown,
  codeOfThrown,
  type ErrorCode,
  HioloadError,
  isHioloadError,
  ownStackOfThrown,
  ownTextOfThrown,
  textOfThrown,
} from '@hioload/api';

/** Most errors behind an error that are carried. */
const MAX_CAUSES = 8;

/** An error that the application or a part of the user threw, in a form that can be cloned. */
export interface PortableCause {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** The code of the error, such as `ENOENT`. */
  readonly code: string | undefined;
  /** The error that lies behind it, to a limited depth. */
  readonly cause: PortableCause | undefined;
}

/** An error in a form that can be cloned between threads. */
export interface PortableError {
  readonly code: ErrorCode;
  readonly message: string;
  /** The stack on the thread that threw the error. */
  readonly stack: string | undefined;
  /** Undefined where the framework itself found the fault. */
  readonly cause: PortableCause | undefined;
}

/** Takes down an error with which a reactor does not start. Never throws. */
export function toPortableError(error: unknown): PortableError {
  if (!isHioloadError(error)) return toPortableFault(error);
  const { code, cause } = error;
  return {
    code,
    message: ownTextOfThrown(error),
    stack: ownStackOfThrown(error),
    cause: cause === undefined ? undefined : toPortableCause(cause),
  };
}

/** Takes down an error that nothing caught on the thread, whatever it is. Never throws. */
export function toPortableFault(error: unknown): PortableError {
  return {
    code: 'HIOLOAD_REACTOR_START_FAILED',
    message: textOfThrown(error),
    stack: ownStackOfThrown(error),
    cause: toPortableCause(error),
  };
}

/**
 * Makes the error that the supervisor throws. Its stack begins with its own message; its cause has
 * the name, the message and the stack of the error that lies behind it.
 */
export function fromPortableError(
  reactor: number,
  { code, message, stack, cause }: PortableError,
): HioloadError {
  const text = code === 'HIOLOAD_REACTOR_START_FAILED' ? `reactor ${reactor}: ${message}` : message;
  const error = new HioloadError(
    code,
    text,
    cause === undefined ? undefined : { cause: fromPortableCause(cause) },
  );
  error.stack = [`${error.name}: ${text}`, ...framesOf(stack)].join('\n');
  return error;
}

/**
 * The chain is flat by now, so that it has an end: the errors of an `AggregateError` follow one
 * another.
 */
function toPortableCause(cause: unknown): PortableCause {
  const chain = [cause, ...causesOfThrown(cause, MAX_CAUSES)];
  return chain.reduceRight<PortableCause | undefined>(
    (behind, thrown) => ({
      name: nameOfThrown(thrown),
      message: ownTextOfThrown(thrown),
      stack: ownStackOfThrown(thrown),
      code: codeOfThrown(thrown),
      cause: behind,
    }),
    undefined,
  ) as PortableCause;
}

function fromPortableCause({ name, message, stack, code, cause }: PortableCause): Error {
  const behind = cause === undefined ? undefined : { cause: fromPortableCause(cause) };
  const error = new Error(message, behind);
  Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true });
  error.stack = stack ?? `${name}: ${message}`;
  return code === undefined ? error : Object.assign(error, { code });
}

/** Anything can be thrown, and a name may throw when it is read. */
function nameOfThrown(thrown: unknown): string {
  try {
    return thrown instanceof Error ? String(thrown.name) : 'Error';
  } catch {
    return 'Error';
  }
}

/** The lines of a stack that name a place in the code. */
function framesOf(stack = ''): string[] {
  return stack.split('\n').filter((line) => /^\s+at /.test(line));
}
