/** Who competes; `hioload again` is the same once more, and shows the noise. */
export const ARMS = ['hioload', 'ws', 'ws+bufferutil', 'hioload again'] as const;
export type Arm = (typeof ARMS)[number];

/** What the others are compared with. */
export const SUBJECT: Arm = 'hioload';
