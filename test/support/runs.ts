/** How often a property is tried, or a crash: as often as this in CI, a fifth of that for somebody who waits. */
export const runs = (many: number): number => (process.env.CI ? many : Math.ceil(many / 5));
