/** What a member costs, from a list of prices of its nodes' instance types. */
import { parseQuantity } from './quantities.ts';
import type { Node } from './resources.ts';

/** Price of an hour of a node, by instance type; in one currency for the whole fleet. */
export type PriceList = ReadonlyMap<string, number>;

/** Label of a node that says what it was made from. */
export const instanceTypeLabel = 'node.kubernetes.io/instance-type';

/** What could be found out: costs as text with three decimals, of what they leave out one clause each. */
export type MemberCosts =
  | { state: 'known'; perCpuCore: string; perGbMemory: string; warnings: string[] }
  /** Nothing is known; one sentence. */
  | { state: 'unknown'; trouble: string };

/** Warnings may be as many as there are instance types. */
const maximumTypesNamed = 5;

/**
 * Hourly cost of one core and of one gibibyte, each as if it bore the whole price, averaged over the nodes whose price
 * is known.
 */
export function costsOf(nodes: readonly Node[], prices: PriceList): MemberCosts {
  const priced = nodes.filter((node) => priceOf(node, prices) !== undefined);
  const missing = missingPrices(nodes, prices);
  const price = priced.reduce((total, node) => total + (priceOf(node, prices) ?? 0), 0);
  const cores = amount(priced, 'cpu');
  const gibibytes = amount(priced, 'memory') / 1024 ** 3;
  if (cores === 0 || gibibytes === 0) {
    return { state: 'unknown', trouble: nodes.length === 0 ? 'there are no nodes.' : `${missing.join('; ')}.` };
  }
  return {
    state: 'known',
    perCpuCore: (price / cores).toFixed(3),
    perGbMemory: (price / gibibytes).toFixed(3),
    warnings: missing,
  };
}

function priceOf({ metadata }: Node, prices: PriceList): number | undefined {
  return prices.get(metadata.labels?.[instanceTypeLabel] ?? '');
}

function missingPrices(nodes: readonly Node[], prices: PriceList): string[] {
  const types = nodes.map(({ metadata }) => metadata.labels?.[instanceTypeLabel]);
  const unlabelled = types.filter((type) => type === undefined).length;
  const unknown = [...new Set(types)].filter((type) => type !== undefined && !prices.has(type)).sort();
  const more = unknown.length > maximumTypesNamed ? ` and ${String(unknown.length - maximumTypesNamed)} more` : '';
  return [
    ...(unlabelled > 0 ? [`${String(unlabelled)} node(s) have no label ${instanceTypeLabel}`] : []),
    ...(unknown.length > 0
      ? [`the price list has no instance type ${unknown.slice(0, maximumTypesNamed).join(', ')}${more}`]
      : []),
  ];
}

function amount(nodes: readonly Node[], resource: 'cpu' | 'memory'): number {
  const billionths = nodes.map(({ status }) => parseQuantity(status?.capacity?.[resource] ?? '0').billionths);
  return Number(billionths.reduce((sum, one) => sum + one, 0n)) / 1e9;
}
