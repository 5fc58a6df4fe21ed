/** Whether there is time to try properties often; what is rare has come up by then. */
export const THOROUGH = process.env.CI !== undefined;

/**
 * How often a property is tried, or a crash: as often as this in CI, a fifth of that for somebody who waits.
 */
export const runs = (many: number): number => (THOROUGH ? many : Math.ceil(many / 5));
