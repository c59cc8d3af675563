/** A module without a default export. */
export const kind = { name: 'none' };
