import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseJson, stringifyJson } from '../../../kube/json.ts';

const changedByJavaScript = [
  '12345678901234567890',
  '-9007199254740993',
  '9223372036854775807',
  '1.0',
  '-0',
  '-0.0',
  '1e3',
  '1E3',
  '1.5e-7',
  '0.10',
  '123456789012345678901234567890.5',
];

describe('numbers keep their source text', () => {
  test.each(changedByJavaScript)('%s', (source) => {
    for (const text of [source, `[${source}]`, `{"a":${source}}`, `{"a":[1,${source},2]}`, `{"a":"1","b":${source}}`]) {
      expect(stringifyJson(parseJson(text))).toBe(text);
    }
  });

  test('with white space around them', () => {
    expect(stringifyJson(parseJson('{ "a" :\n\t1.0 ,\r\n "b": [ 1e3 ] }'))).toBe('{"a":1.0,"b":[1e3]}');
  });

  test('and the others are plain numbers', () => {
    expect(parseJson('{"a":0,"b":-17,"c":9007199254740991,"d":0.5}')).toEqual({
      a: 0,
      b: -17,
      c: 9007199254740991,
      d: 0.5,
    });
  });

  test('whatever the document', () => {
    const digits = fc.stringMatching(/^(0|[1-9][0-9]{0,24})$/);
    const exponent = fc.stringMatching(/^([eE][+-]?[0-9]{1,3})?$/);
    const fraction = fc.stringMatching(/^(\.[0-9]{1,20})?$/);
    const number = fc
      .tuple(fc.constantFrom('', '-'), digits, fraction, exponent)
      .map((parts) => ({ text: parts.join('') }));
    const text = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        number.map((made) => made.text),
        fc.string().map((made) => JSON.stringify(made)),
        fc.constantFrom('true', 'false', 'null'),
        fc.array(tie('value')).map((items) => `[${items.join(',')}]`),
        // Keys that look like integers would be printed first.
        fc
          .dictionary(
            fc.string().map((name) => `k${name}`),
            tie('value'),
          )
          .map(
            (made) =>
              `{${Object.entries(made)
                .map(([key, value]) => `${JSON.stringify(key)}:${String(value)}`)
                .join(',')}}`,
          ),
      ),
    })).value;
    fc.assert(fc.property(text, (source) => stringifyJson(parseJson(source)) === source));
  });
});

test('strings that look like numbers stay strings', () => {
  const value = { image: 'nginx:1.25', list: '[1.0,2]', text: 'a: 12345678901234567890, b', html: '<&>\u2028' };
  expect(parseJson(JSON.stringify(value))).toEqual(value);
  expect(stringifyJson(parseJson(JSON.stringify(value)))).toBe(JSON.stringify(value));
});

test('a key __proto__ is a key like others', () => {
  const parsed = parseJson('{"__proto__":{"a":1.0}}');
  expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
  expect(stringifyJson(parsed)).toBe('{"__proto__":{"a":1.0}}');
});
