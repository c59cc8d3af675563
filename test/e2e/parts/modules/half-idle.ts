/** An idle strategy without `next`. */
export default { name: 'half' };
