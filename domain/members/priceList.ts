/** Reading a list of prices. */
import type { PriceList } from './prices.ts';

/**
 * A list of prices from its parsed text: an object with an hourly price for each instance type.
 * @throws Error whose message completes "FILE …"
 */
export function parsePriceList(content: unknown): PriceList {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new Error('is no list of prices: write one line for each instance type, such as Standard_D4s_v5: 0.192.');
  }
  const entries = Object.entries(content).map(([type, price]: [string, unknown]): [string, number] => {
    if (typeof price !== 'number' || !Number.isFinite(price) || price < 0) {
      throw new Error(`has no price for ${type}: write the price of an hour as a number, such as 0.192.`);
    }
    return [type, price];
  });
  return new Map(entries);
}
