/** Requirements on one property that no value can meet all at once. */
import type { PropertySelectorRequirement } from '../../api/types/clusterresourceplacement.ts';
import { parseQuantity } from '../members/quantities.ts';

/**
 * The first contradiction among the requirements of one term; undefined if there is none.
 * Expects requirements with exactly one value, a quantity.
 */
export function requirementsConflict(requirements: readonly PropertySelectorRequirement[]): string | undefined {
  for (const [name, ofProperty] of Map.groupBy(requirements, (requirement) => requirement.name)) {
    const conflict = conflictAmong(ofProperty);
    if (conflict !== undefined) return `inconsistent requirements on property ${name}: ${conflict}`;
  }
  return undefined;
}

interface Bound {
  operator: PropertySelectorRequirement['operator'];
  text: string;
  value: bigint;
}

function conflictAmong(requirements: readonly PropertySelectorRequirement[]): string | undefined {
  const bounds = requirements.map(({ operator, values: [text = ''] }): Bound => {
    return { operator, text, value: parseQuantity(text).billionths };
  });
  const [equal, ...furtherEquals] = bounds.filter(({ operator }) => operator === 'Eq');
  const lower = bounds.filter(({ operator }) => operator === 'Gt' || operator === 'Ge').sort(highestFirst)[0];
  const upper = bounds.filter(({ operator }) => operator === 'Lt' || operator === 'Le').sort(lowestFirst)[0];
  if (equal === undefined) {
    return lower && upper && !canBeAbove(lower, upper)
      ? `lower bound (${lower.text}) and upper bound (${upper.text}) exclude all values`
      : undefined;
  }
  const other = furtherEquals.find(({ value }) => value !== equal.value);
  if (other !== undefined) return `conflicting Eq values ${equal.text} and ${other.text}`;
  if (bounds.some(({ operator, value }) => operator === 'Ne' && value === equal.value)) {
    return `conflicting Eq and Ne on same value ${equal.text}`;
  }
  if (lower && !canBeAbove(lower, equal)) return `eq value ${equal.text} violates lower bound ${lower.text}`;
  if (upper && !canBeAbove(equal, upper)) return `eq value ${equal.text} violates upper bound ${upper.text}`;
  return undefined;
}

/** Whether some value lies between two bounds, or on both of them. */
function canBeAbove(lower: Bound, upper: Bound): boolean {
  const mayTouch = lower.operator !== 'Gt' && upper.operator !== 'Lt';
  return mayTouch ? lower.value <= upper.value : lower.value < upper.value;
}

/** Of two equal bounds the one that excludes its value comes first. */
function highestFirst(left: Bound, right: Bound): number {
  if (left.value !== right.value) return left.value > right.value ? -1 : 1;
  return Number(right.operator === 'Gt') - Number(left.operator === 'Gt');
}

function lowestFirst(left: Bound, right: Bound): number {
  if (left.value !== right.value) return left.value < right.value ? -1 : 1;
  return Number(right.operator === 'Lt') - Number(left.operator === 'Lt');
}
