/** An idle strategy whose step no reactor knows. */
export default { name: 'lost', next: () => 'sleep' };
