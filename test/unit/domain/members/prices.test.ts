import { describe, expect, test } from '@jest/globals';
import { parsePriceList } from '../../../../domain/members/priceList.ts';
import { costsOf, instanceTypeLabel } from '../../../../domain/members/prices.ts';
import type { Node } from '../../../../domain/members/resources.ts';
import { object } from '../objects.ts';

const prices = new Map([
  ['small', 0.1],
  ['large', 0.5],
]);

describe('costsOf', () => {
  test('is the price of all nodes over all cores, and over all gibibytes', () => {
    expect(costsOf([node('small', '2', '8Gi'), node('large', '8', '32Gi')], prices)).toEqual({
      state: 'known',
      perCpuCore: '0.060',
      perGbMemory: '0.015',
      warnings: [],
    });
  });

  test('leaves out nodes whose price nobody knows, and says so', () => {
    expect(costsOf([node('small', '2', '8Gi'), node('new', '96', '1Ti'), node(undefined, '4', '8Gi')], prices)).toEqual(
      {
        state: 'known',
        perCpuCore: '0.050',
        perGbMemory: '0.013',
        warnings: [
          '1 node(s) have no label node.kubernetes.io/instance-type',
          'the price list has no instance type new',
        ],
      },
    );
  });

  test('names a few of many unknown types', () => {
    const nodes = Array.from({ length: 7 }, (_, i) => node(`type${String(i)}`, '1', '1Gi'));
    expect(costsOf(nodes, prices)).toEqual({
      state: 'unknown',
      trouble: 'the price list has no instance type type0, type1, type2, type3, type4 and 2 more.',
    });
  });

  test('knows nothing of a member without nodes', () => {
    expect(costsOf([], prices)).toEqual({ state: 'unknown', trouble: 'there are no nodes.' });
  });
});

describe('parsePriceList', () => {
  test('reads a price for each type', () => {
    expect(parsePriceList({ small: 0.1, free: 0 })).toEqual(
      new Map([
        ['small', 0.1],
        ['free', 0],
      ]),
    );
  });

  test.each([[null], ['text'], [[1]]])('refuses %j', (content) => {
    expect(() => parsePriceList(content)).toThrow('is no list of prices');
  });

  test.each([['0.1'], [-1], [Number.NaN], [null]])('refuses the price %j', (price) => {
    expect(() => parsePriceList({ small: price })).toThrow('has no price for small');
  });
});

function node(type: string | undefined, cpu: string, memory: string): Node {
  const labels: Record<string, string> = type === undefined ? {} : { [instanceTypeLabel]: type };
  return object('v1', 'Node', { name: 'n', labels }, { status: { capacity: { cpu, memory } } });
}
