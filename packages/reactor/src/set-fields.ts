/** The fields of an object that are set: a field that is undefined asks for its default. */
export function setFields<T extends object>(object: T): T {
  const set = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as T;
}
