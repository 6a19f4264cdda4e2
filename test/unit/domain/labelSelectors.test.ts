import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LabelSelector, LabelSelectorRequirement } from '../../../api/meta.ts';
import { formatSelector, matchesSelector, validateSelector } from '../../../domain/labelSelectors.ts';

const labels = { environment: 'canary', order: '2', empty: '' };

describe('matchesSelector', () => {
  const cases: [description: string, selector: LabelSelector | undefined, matches: boolean][] = [
    ['no selector', undefined, false],
    ['empty selector', {}, true],
    ['equal label', { matchLabels: { environment: 'canary' } }, true],
    ['other value', { matchLabels: { environment: 'staging' } }, false],
    ['one of two labels', { matchLabels: { environment: 'canary', missing: 'x' } }, false],
    ['empty value present', { matchLabels: { empty: '' } }, true],
    ['empty value absent', { matchLabels: { missing: '' } }, false],
    ['In', expression('In', 'order', ['1', '2']), true],
    ['In, other values', expression('In', 'order', ['1', '3']), false],
    ['In, absent', expression('In', 'missing', ['1']), false],
    ['NotIn', expression('NotIn', 'order', ['1']), true],
    ['NotIn, listed', expression('NotIn', 'order', ['2']), false],
    ['NotIn, absent', expression('NotIn', 'missing', ['1']), true],
    ['Exists', expression('Exists', 'empty'), true],
    ['Exists, absent', expression('Exists', 'missing'), false],
    ['DoesNotExist', expression('DoesNotExist', 'missing'), true],
    ['DoesNotExist, present', expression('DoesNotExist', 'empty'), false],
    ['names of Object.prototype are no labels', expression('Exists', 'constructor'), false],
    ['label and expression', { matchLabels: { order: '2' }, ...expression('Exists', 'missing') }, false],
  ];

  test.each(cases)('%s', (_description, selector, matches) => {
    expect(matchesSelector(selector, labels)).toBe(matches);
  });

  test('an object without labels has none', () => {
    expect(matchesSelector({}, undefined)).toBe(true);
    expect(matchesSelector(expression('Exists', 'a'), undefined)).toBe(false);
  });

  const key = fc.constantFrom('a', 'b', 'c');
  const value = fc.constantFrom('1', '2', '3');
  const someLabels = fc.dictionary(key, value);

  test('In and NotIn, Exists and DoesNotExist exclude each other and leave nothing out', () => {
    fc.assert(
      fc.property(someLabels, key, fc.array(value, { minLength: 1 }), (object, name, values) => {
        const holds = (operator: LabelSelectorRequirement['operator'], given?: string[]): boolean =>
          matchesSelector(expression(operator, name, given), object);
        expect(holds('In', values)).toBe(!holds('NotIn', values));
        expect(holds('Exists')).toBe(!holds('DoesNotExist'));
      }),
    );
  });

  test('matchLabels is short for In with one value, and requirements are ANDed', () => {
    fc.assert(
      fc.property(someLabels, someLabels, (object, wanted) => {
        const expressions = Object.entries(wanted).map(([name, one]) => expression('In', name, [one]));
        const all = { matchExpressions: expressions.flatMap(({ matchExpressions = [] }) => matchExpressions) };
        expect(matchesSelector({ matchLabels: wanted }, object)).toBe(matchesSelector(all, object));
        expect(matchesSelector(all, object)).toBe(expressions.every((one) => matchesSelector(one, object)));
      }),
    );
  });
});

test('a selector as a parameter of a request', () => {
  const selector: LabelSelector = {
    matchLabels: { app: 'web' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['a', 'b'] },
      { key: 'zone', operator: 'NotIn', values: ['c'] },
      { key: 'on', operator: 'Exists' },
      { key: 'off', operator: 'DoesNotExist' },
    ],
  };
  expect(formatSelector(selector)).toBe('app in (web),tier in (a,b),zone notin (c),on,!off');
  expect(formatSelector({})).toBe('');
});

describe('validateSelector', () => {
  const characters = `consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`;
  const nameRule =
    `name part must ${characters} (e.g. 'MyName',  or 'my.name',  or '123-abc', ` +
    `regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')`;
  const valueRule =
    `a valid label must be an empty string or ${characters} (e.g. 'MyValue',  or 'my_value',  or '12345', ` +
    `regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`;

  // Texts as apimachinery 0.35 prints them.
  const cases: [selector: LabelSelector | undefined, fault: string | undefined][] = [
    [undefined, undefined],
    [{}, undefined],
    [{ matchLabels: { 'example.com/Name': 'a_b.c-1', plain: '' } }, undefined],
    [{ matchLabels: { 'a b': 'x' } }, `key: Invalid value: "a b": ${nameRule}`],
    [{ matchLabels: { a: 'x y' } }, `values[0][a]: Invalid value: "x y": ${valueRule}`],
    [{ matchLabels: { '/b': 'x' } }, 'key: Invalid value: "/b": prefix part must be non-empty'],
    [
      { matchLabels: { A: 'é'.repeat(32) } },
      `values[0][A]: Invalid value: "${'é'.repeat(32)}": must be no more than 63 bytes; ${valueRule}`,
    ],
    [expression('In', 'a', []), `values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty`],
    [
      expression('Exists', 'a', ['x']),
      'values: Invalid value: ["x"]: values set must be empty for exists and does not exist',
    ],
    [
      expression('NotIn', 'a/', []),
      `[key: Invalid value: "a/": name part must be non-empty; ${nameRule}, ` +
        `values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty]`,
    ],
    [
      { matchExpressions: [{ key: 'a', operator: 'Gt' as 'In', values: ['1'] }] },
      '"Gt" is not a valid label selector operator',
    ],
  ];

  test.each(cases)('%j', (selector, fault) => {
    expect(validateSelector(selector)).toBe(fault);
  });
});

function expression(operator: LabelSelectorRequirement['operator'], key: string, values?: string[]): LabelSelector {
  return { matchExpressions: [{ key, operator, ...(values && { values }) }] };
}
