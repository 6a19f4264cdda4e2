import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { goJson } from '../../../../domain/snapshots/goJson.ts';
import { parseJson } from '../../../../kube/json.ts';

// Each right-hand side was printed by Go 1.25 for a Kubernetes object that held the left-hand side.
describe('numbers, as Go prints what an API server has decoded', () => {
  test.each([
    ['0', '0'],
    ['-0', '0'],
    ['-0.0', '-0'],
    ['1.0', '1'],
    ['1e3', '1000'],
    ['1E3', '1000'],
    ['-1.5', '-1.5'],
    ['12345678901234567', '12345678901234567'],
    ['9223372036854775807', '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['9223372036854775808', '9223372036854776000'],
    ['18446744073709551615', '18446744073709552000'],
    ['12345678901234567890123', '1.2345678901234568e+22'],
    ['1e20', '100000000000000000000'],
    ['1e21', '1e+21'],
    ['0.000001', '0.000001'],
    ['0.0000001', '1e-7'],
    ['1.5e-9', '1.5e-9'],
    ['1e-10', '1e-10'],
    ['1.7976931348623157e308', '1.7976931348623157e+308'],
    ['5e-324', '5e-324'],
  ])('%s becomes %s', (source, printed) => {
    expect(goJson(parseJson(`[${source}]`))).toBe(`[${printed}]`);
  });

  test('a number beyond float64 is refused', () => {
    expect(() => goJson(parseJson('[1e400]'))).toThrow(RangeError);
  });
});

describe('strings', () => {
  test.each([
    ['a/é😀', '"a/é😀"'],
    ['<a & b>', String.raw`"\u003ca \u0026 b\u003e"`],
    ['\u2028\u2029', String.raw`"\u2028\u2029"`],
    ['"\\', String.raw`"\"\\"`],
    ['\b\f\n\r\t', String.raw`"\b\f\n\r\t"`],
    ['\u0001\u001f\u007f', '"\\u0001\\u001f\u007f"'],
    ['\ud800', '"\ufffd"'],
  ])('%j', (text, printed) => {
    expect(goJson(text)).toBe(printed);
  });
});

test('keys are in the order of their bytes and values keep their order', () => {
  expect(goJson({ b: [3, 1, 2], a: null, '😀': true, '\uffee': {} })).toBe(
    '{"a":null,"b":[3,1,2],"\uffee":{},"😀":true}',
  );
});

test('a key without a value is left out', () => {
  expect(goJson({ a: undefined, b: 1 })).toBe('{"b":1}');
});

test('what is printed means the same as what JSON.stringify prints, and does not depend on the order of keys', () => {
  fc.assert(
    fc.property(fc.jsonValue().map(asJson), (value) => {
      expect(JSON.parse(goJson(value))).toEqual(value);
      expect(goJson(reversed(value))).toBe(goJson(value));
    }),
  );
});

/** JavaScript's own JSON has no negative zero. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  );
}
