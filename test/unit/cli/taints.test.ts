import { expect, test } from '@jest/globals';
import { mergeTaints, parseTaint } from '../../../cli/taints.ts';

const effect = 'NoSchedule';

test.each([
  ['key=value:NoSchedule', { key: 'key', value: 'value', effect }],
  ['key=value', { key: 'key', value: 'value', effect }],
  ['key:NoSchedule', { key: 'key', effect }],
  ['example.com/key=', { key: 'example.com/key', value: '', effect }],
])('%s is a taint', (text, taint) => {
  expect(parseTaint(text)).toEqual(taint);
});

test.each(['', '=value', 'a b', '-a', 'a=b c', 'a/b/c'])('"%s" is none', (text) => {
  expect(() => parseTaint(text)).toThrow('is not a taint of the form key=value:NoSchedule');
});

test('there is no other effect', () => {
  expect(() => parseTaint('key:NoExecute')).toThrow('has the effect "NoExecute"; members know NoSchedule only');
});

test('what is added takes the place of what has its key', () => {
  const [a, b] = [parseTaint('a=1'), parseTaint('b=1')];
  expect(mergeTaints([a, b], [parseTaint('a=2')])).toEqual([b, { key: 'a', value: '2', effect }]);
});
