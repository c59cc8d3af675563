/** The text form of IPv6 addresses. */

const GROUPS = 8;
const DOTTED =
  /^(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])(?:\.(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])){3}$/;
const HEX = /^[\da-f]{1,4}$/i;

/**
 * Reads an IPv6 address without brackets and without a zone (RFC 3986 section 3.2.2). Returns its
 * eight groups of 16 bits, or undefined if the text is no such address.
 */
export function parseIpv6(text: string): readonly number[] | undefined {
  // The longest form has eight groups, of which two are in dotted form.
  if (text.length > 45) return undefined;
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const before = groupsOf(head, tail === undefined);
  if (tail === undefined) return before?.length === GROUPS ? before : undefined;
  const after = groupsOf(tail, true);
  if (before === undefined || after === undefined) return undefined;
  // The two colons stand for at least one group.
  const zeros = GROUPS - before.length - after.length;
  if (zeros < 1) return undefined;
  return [...before, ...Array.from({ length: zeros }, () => 0), ...after];
}

/** The groups of one side of `::`. @param isEnd whether the last part may be in dotted form */
function groupsOf(text: string, isEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [at, part] of parts.entries()) {
    if (HEX.test(part)) groups.push(Number.parseInt(part, 16));
    else if (isEnd && at === parts.length - 1 && DOTTED.test(part)) {
      const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
      groups.push(a * 256 + b, c * 256 + d);
    } else return undefined;
  }
  return groups;
}
