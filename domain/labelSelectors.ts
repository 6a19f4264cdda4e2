/**
 * Label selectors with Kubernetes' meaning and Kubernetes' error texts.
 * Free of Node modules, so that workflow code may use it.
 */
import type { LabelSelector, LabelSelectorRequirement } from '../api/meta.ts';
import { compareBytes } from './ordering.ts';

/**
 * True if `labels` satisfy every requirement of `selector`. An absent selector selects nothing, an empty one all.
 * Expects a selector that {@link validateSelector} accepts; an unknown operator matches nothing.
 */
export function matchesSelector(
  selector: LabelSelector | undefined,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  return compileSelector(selector)(labels);
}

/** {@link matchesSelector} for many objects: the selector is taken apart once. */
export function compileSelector(
  selector: LabelSelector | undefined,
): (labels: Readonly<Record<string, string>> | undefined) => boolean {
  if (selector === undefined) return () => false;
  const tests = requirementsOf(selector).map((requirement) => ({
    key: requirement.key,
    holds: valueTest(requirement),
  }));
  return (labels = {}) => tests.every(({ key, holds }) => holds(Object.hasOwn(labels, key) ? labels[key] : undefined));
}

/** Every requirement of a selector, labels with exactly one value among them, in the order in which they are written. */
export function requirementsOf(selector: LabelSelector | undefined): LabelSelectorRequirement[] {
  const fromLabels = Object.entries(selector?.matchLabels ?? {}).map(([key, value]): LabelSelectorRequirement => ({
    key,
    operator: 'In',
    values: [value],
  }));
  return [...fromLabels, ...(selector?.matchExpressions ?? [])];
}

/** A selector as the parameter `labelSelector` of a request. */
export function formatSelector(selector: LabelSelector): string {
  return requirementsOf(selector)
    .map(({ key, operator, values = [] }) => {
      if (operator === 'Exists') return key;
      if (operator === 'DoesNotExist') return `!${key}`;
      return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
    })
    .join(',');
}

/**
 * What is wrong with a selector, in Kubernetes' words; undefined if nothing is.
 * Like Kubernetes it stops at the first faulty requirement; several faults of that one stand in brackets.
 */
export function validateSelector(selector: LabelSelector | undefined): string | undefined {
  const fromLabels = Object.entries(selector?.matchLabels ?? {})
    .sort(([left], [right]) => compareBytes(left, right))
    .map(([key, value]): LabelSelectorRequirement => ({ key, operator: 'In', values: [value] }));
  for (const requirement of [...fromLabels, ...(selector?.matchExpressions ?? [])]) {
    const faults = requirementFaults(requirement);
    if (faults.length > 0) return faults.length === 1 ? faults[0] : `[${faults.join(', ')}]`;
  }
  return undefined;
}

/** What is wrong with a label key, in Kubernetes' words; empty if nothing is. */
function labelKeyFaults(key: string): string[] {
  const [first = '', second, ...rest] = key.split('/');
  if (rest.length > 0) {
    return [`a valid label key ${nameRule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const name = second ?? first;
  return [...(second === undefined ? [] : prefixFaults(first)), ...nameFaults(name)];
}

/** What is wrong with a label value, in Kubernetes' words; empty if nothing is. */
function labelValueFaults(value: string): string[] {
  const faults = utf8Length(value) > 63 ? ['must be no more than 63 bytes'] : [];
  return labelValue.test(value) ? faults : [...faults, valueRule];
}

const namePattern = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const subdomainPattern = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const labelName = new RegExp(`^${namePattern}$`);
const labelValue = new RegExp(`^(${namePattern})?$`);
const subdomain = new RegExp(`^${subdomainPattern}$`);

const characters = `consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`;
const nameRule = `must ${characters} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${namePattern}')`;
const valueRule =
  `a valid label must be an empty string or ${characters} ` +
  `(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${namePattern})?')`;
const subdomainRule =
  `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and ` +
  `end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomainPattern}')`;

function nameFaults(name: string): string[] {
  const faults: string[] = [];
  if (name === '') faults.push('name part must be non-empty');
  else if (utf8Length(name) > 63) faults.push('name part must be no more than 63 bytes');
  return labelName.test(name) ? faults : [...faults, `name part ${nameRule}`];
}

function prefixFaults(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  const faults = utf8Length(prefix) > 253 ? ['prefix part must be no more than 253 bytes'] : [];
  return subdomain.test(prefix) ? faults : [...faults, `prefix part ${subdomainRule}`];
}

function requirementFaults({ key, operator, values = [] }: LabelSelectorRequirement): string[] {
  const needsValues: Record<string, boolean | undefined> = {
    In: true,
    NotIn: true,
    Exists: false,
    DoesNotExist: false,
  };
  const needed = needsValues[operator];
  if (needed === undefined) return [`${JSON.stringify(operator)} is not a valid label selector operator`];
  const faults: string[] = [];
  const keyFaults = labelKeyFaults(key);
  if (keyFaults.length > 0) faults.push(`key: Invalid value: ${JSON.stringify(key)}: ${keyFaults.join('; ')}`);
  if (needed !== values.length > 0) {
    const rule = needed
      ? `for 'in', 'notin' operators, values set can't be empty`
      : 'values set must be empty for exists and does not exist';
    faults.push(`values: Invalid value: ${needed ? 'null' : JSON.stringify(values)}: ${rule}`);
  }
  values.forEach((value, i) => {
    const valueFaults = labelValueFaults(value);
    if (valueFaults.length === 0) return;
    faults.push(`values[${String(i)}][${key}]: Invalid value: ${JSON.stringify(value)}: ${valueFaults.join('; ')}`);
  });
  return faults;
}

/** Bytes of the UTF-8 form; written out because workflow code has no TextEncoder. */
function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    length += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }
  return length;
}

/** Whether a label's value, undefined where the label is missing, is what the requirement asks for. */
function valueTest({ operator, values = [] }: LabelSelectorRequirement): (value: string | undefined) => boolean {
  switch (operator) {
    case 'In':
      return (value) => value !== undefined && values.includes(value);
    case 'NotIn':
      return (value) => value === undefined || !values.includes(value);
    case 'Exists':
      return (value) => value !== undefined;
    case 'DoesNotExist':
      return (value) => value === undefined;
    default:
      return () => false;
  }
}
