// Parsers of the option values of the bench commands.
import { InvalidArgumentError } from 'commander';

/**
 * Parses option values. An error of a parser becomes one line that names the option, the value and
 * the allowed values.
 */

export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw allowed(`a whole number of ${min}..${max}`);
    return value;
  };
}

export function decimal(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+(\.\d+)?$/.test(text) || value < min || value > max)
      throw allowed(`a number of ${min}..${max}`);
    return value;
  };
}

/** Parses several values with commas between them. Each value may occur once. */
export function listOf<Value>(item: (text: string) => Value): (text: string) => Value[] {
  return (text) => {
    const values = text.split(',').map(item);
    if (new Set(values).size !== values.length) throw allowed('each value once');
    return values;
  };
}

export function oneOf<Name extends string>(names: readonly Name[]): (text: string) => Name {
  return (text) => {
    const name = names.find((candidate) => candidate === text);
    if (name === undefined) throw allowed(names.join(', '));
    return name;
  };
}

/** Parses a CPU that this process may use. */
export function cpu(allowedCpus: readonly number[], allowedText: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || !allowedCpus.includes(value))
      throw allowed(`the CPUs of this process, ${allowedText}`);
    return value;
  };
}

export function fileName(extension: string): (text: string) => string {
  return (text) => {
    if (!text.endsWith(extension)) throw allowed(`a name that ends in ${extension}`);
    return text;
  };
}

function allowed(what: string): InvalidArgumentError {
  return new InvalidArgumentError(`Allowed: ${what}.`);
}
