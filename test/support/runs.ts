/** Whether there is time for many runs of properties; rare cases then occur reliably. */
export const THOROUGH = process.env.CI !== undefined;

/** Number of runs of a property or crash test: all in CI, a fifth locally. */
export const runs = (many: number): number => (THOROUGH ? many : Math.ceil(many / 5));
