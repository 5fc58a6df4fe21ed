/** Exact decimal arithmetic: quotients of big integers, and printed decimals. */

/** The denominator is positive. */
export interface Quotient {
  numerator: bigint;
  denominator: bigint;
}

/** `units` × 10^−`places`; `places` may be negative, for example when rounding to hundreds. */
export interface Decimal {
  units: bigint;
  places: number;
}

/** Maximum number of decimals shown. */
const TOLD_PLACES = 10;

const power = (exponent: number): bigint => 10n ** BigInt(exponent);

export const whole = (value: number | bigint, denominator: number | bigint = 1n): Quotient => ({
  numerator: BigInt(value),
  denominator: BigInt(denominator),
});

/** value × 10^exponent. */
export const scaled = ({ numerator, denominator }: Quotient, exponent: number): Quotient =>
  exponent >= 0
    ? { numerator: numerator * power(exponent), denominator }
    : { numerator, denominator: denominator * power(-exponent) };

export const quotientOf = ({ units, places }: Decimal): Quotient => scaled(whole(units), -places);

export const minus = (a: Quotient, b: Quotient): Quotient => ({
  numerator: a.numerator * b.denominator - b.numerator * a.denominator,
  denominator: a.denominator * b.denominator,
});

export const plus = (a: Quotient, b: Quotient): Quotient =>
  minus(a, { numerator: -b.numerator, denominator: b.denominator });

/** @param b positive */
export const over = (a: Quotient, b: Quotient): Quotient => ({
  numerator: a.numerator * b.denominator,
  denominator: a.denominator * b.numerator,
});

/** −1, 0 or 1 if `a` is less than, equal to or greater than `b`. */
export function compare(a: Quotient, b: Quotient): -1 | 0 | 1 {
  const { numerator } = minus(a, b);
  return numerator < 0n ? -1 : numerator > 0n ? 1 : 0;
}

export const magnitude = ({ numerator, denominator }: Quotient): Quotient => ({
  numerator: numerator < 0n ? -numerator : numerator,
  denominator,
});

/** ⌊a ÷ b + ½⌋ for whole numbers, b > 0. */
export function divideHalfUp(a: bigint, b: bigint): bigint {
  const doubled = 2n * a + b;
  const quotient = doubled / (2n * b);
  // BigInt division truncates towards zero; half-up needs the floor.
  return doubled % (2n * b) < 0n ? quotient - 1n : quotient;
}

/** Rounded half-up: ties go towards +∞. */
export function rounded(value: Quotient, places: number): Decimal {
  const { numerator, denominator } = scaled(value, places);
  return { units: divideHalfUp(numerator, denominator), places };
}

/** Truncated towards zero. */
export function truncated(value: Quotient, places: number): Decimal {
  const { numerator, denominator } = scaled(value, places);
  return { units: numerator / denominator, places };
}

/** @param text digits with at most one point, and optionally a leading minus */
export function parseDecimal(text: string): Decimal {
  const [, decimals = ''] = text.split('.');
  return { units: BigInt(text.replace('.', '')), places: decimals.length };
}

export function decimalText({ units, places }: Decimal): string {
  if (places <= 0) return String(units * power(-places));
  const digits = String(units < 0n ? -units : units).padStart(places + 1, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** Without trailing zeros: exact, or rounded half-up to ten decimals if there are more. */
export const quotientText = (value: Quotient): string =>
  decimalText(rounded(value, TOLD_PLACES)).replace(/\.?0+$/, '');
