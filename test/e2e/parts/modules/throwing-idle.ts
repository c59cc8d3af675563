/** An idle strategy that fails each time that it is asked. */
export default {
  name: 'throwing',
  next(): never {
    throw new Error('no rest');
  },
};
