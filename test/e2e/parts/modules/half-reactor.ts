/** A factory whose reactor cannot drain. */
export default () => ({ start: async () => 1, stop: async () => undefined });
