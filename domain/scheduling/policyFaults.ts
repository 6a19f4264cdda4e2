/** Mistakes in a policy that the API server cannot refuse: they become a condition that says what to change. */
import type {
  ClusterSelectorTerm,
  PlacementPolicy,
  PropertySelectorRequirement,
} from '../../api/types/clusterresourceplacement.ts';
import { validateSelector } from '../labelSelectors.ts';
import { parseQuantity } from '../members/quantities.ts';
import { propertyNameFault } from './properties.ts';
import { requirementsConflict } from './requirementConflicts.ts';

/** What is wrong with a policy, the first fault only; undefined if nothing is. A policy object is judged only once. */
export function policyFault(policy: PlacementPolicy): string | undefined {
  if (!knownFaults.has(policy)) knownFaults.set(policy, findFault(policy));
  return knownFaults.get(policy);
}

const knownFaults = new WeakMap<PlacementPolicy, string | undefined>();

function findFault({ affinity }: PlacementPolicy): string | undefined {
  const { requiredDuringSchedulingIgnoredDuringExecution: required, preferredDuringSchedulingIgnoredDuringExecution } =
    affinity?.clusterAffinity ?? {};
  const ofRequired = (required?.clusterSelectorTerms ?? []).map((term) => termFault(term, 'cluster selector'));
  const ofPreferred = (preferredDuringSchedulingIgnoredDuringExecution ?? []).map(({ preference }) =>
    termFault(preference, 'preferred cluster selector'),
  );
  return [...ofRequired, ...ofPreferred].find((fault) => fault !== undefined);
}

function termFault(
  { labelSelector, propertySelector, propertySorter }: ClusterSelectorTerm,
  where: string,
): string | undefined {
  const selectorFault = validateSelector(labelSelector);
  if (selectorFault !== undefined) return `the labelSelector in ${where} is invalid: ${selectorFault}`;
  const requirements = propertySelector?.matchExpressions ?? [];
  const names = [...requirements.map(({ name }) => name), ...(propertySorter ? [propertySorter.name] : [])];
  for (const name of names) {
    const fault = propertyNameFault(name);
    if (fault !== undefined) return `invalid property name ${name}: ${fault}`;
  }
  for (const requirement of requirements) {
    const fault = requirementFault(requirement);
    if (fault !== undefined) return `invalid requirement on property ${requirement.name}: ${fault}`;
  }
  return requirementsConflict(requirements);
}

function requirementFault({ operator, values }: PropertySelectorRequirement): string | undefined {
  const [value = ''] = values;
  if (values.length !== 1) return `operator ${operator} requires exactly one value, got ${values.length}`;
  try {
    parseQuantity(value);
    return undefined;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `value ${JSON.stringify(value)} is not a valid resource.Quantity: ${error.message}`;
  }
}
