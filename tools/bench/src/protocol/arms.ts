/** The competing codecs. `hioload again` is the same codec a second time, and shows the noise. */
export const ARMS = ['hioload', 'ws', 'ws+bufferutil', 'hioload again'] as const;
export type Arm = (typeof ARMS)[number];

/** The arm that all other arms are compared with. */
export const SUBJECT: Arm = 'hioload';
