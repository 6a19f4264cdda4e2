/** Kubernetes quantities (`500m`, `2`, `16Gi`, `1e3`): exact sums of them, printed in Kubernetes' canonical form. */

/** A quantity in billionths of its unit, with the family of suffixes in which it was written. */
export interface Quantity {
  billionths: bigint;
  notation: 'binary' | 'decimal' | 'exponent';
}

export const zeroQuantity: Quantity = { billionths: 0n, notation: 'decimal' };

/** Parses a quantity; anything finer than a billionth is rounded up. Throws a RangeError for other text. */
export function parseQuantity(text: string): Quantity {
  const match = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([eE][+-]?\d{1,3})|([KMGTPE]i)|([numkMGTPE]))?$/.exec(text);
  if (match === null) {
    throw new RangeError(
      `${JSON.stringify(text)} is not a quantity; write a number with a suffix such as 500m or 16Gi.`,
    );
  }
  const [, sign, digits = '', exponent, binary, decimal] = match;
  const [integer = '', fraction = ''] = digits.split('.');
  const power = (exponent === undefined ? decimalPower(decimal) : Number(exponent.slice(1))) + 9 - fraction.length;
  const factor = 1024n ** BigInt(binary === undefined ? 0 : binarySuffixes.indexOf(binary));
  const size = scaled(BigInt(integer + fraction) * factor, power);
  return {
    billionths: sign === '-' ? -size : size,
    notation: binary !== undefined ? 'binary' : exponent !== undefined ? 'exponent' : 'decimal',
  };
}

/** Sum; it is printed in the notation of the first one that is not zero. */
export function addQuantities(left: Quantity, right: Quantity): Quantity {
  return { billionths: left.billionths + right.billionths, notation: (left.billionths === 0n ? right : left).notation };
}

/** Difference, never below zero. */
export function subtractQuantities(left: Quantity, right: Quantity): Quantity {
  const difference = left.billionths - right.billionths;
  return { billionths: difference > 0n ? difference : 0n, notation: left.notation };
}

/** Canonical text: no fraction, the largest suffix that keeps the value exact. */
export function formatQuantity({ billionths, notation }: Quantity): string {
  if (billionths === 0n) return '0';
  const whole = billionths / billion;
  const isWhole = whole * billion === billionths;
  // Kubernetes prints small and broken values in decimal rather than lose precision.
  const isLarge = whole >= 1024n || whole <= -1024n;
  if (notation === 'binary' && isWhole && isLarge) return withBinarySuffix(whole);
  return withDecimalSuffix(billionths, notation === 'exponent');
}

const billion = 1_000_000_000n;
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
/** From ten to the power of -9 in steps of three. */
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];

function decimalPower(suffix = ''): number {
  return decimalSuffixes.indexOf(suffix) * 3 - 9;
}

function scaled(value: bigint, power: number): bigint {
  if (power >= 0) return value * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(-power);
  return (value + divisor - 1n) / divisor;
}

function withBinarySuffix(whole: bigint): string {
  let value = whole;
  let i = 0;
  for (; value % 1024n === 0n && i < binarySuffixes.length - 1; i++) value /= 1024n;
  return `${String(value)}${binarySuffixes[i] ?? ''}`;
}

function withDecimalSuffix(billionths: bigint, asExponent: boolean): string {
  let value = billionths;
  let i = 0;
  for (; value % 1000n === 0n && i < decimalSuffixes.length - 1; i++) value /= 1000n;
  const power = i * 3 - 9;
  if (asExponent) return power === 0 ? String(value) : `${String(value)}e${String(power)}`;
  return `${String(value)}${decimalSuffixes[i] ?? ''}`;
}
