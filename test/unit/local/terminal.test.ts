import { expect, test } from '@jest/globals';
import { canRedraw } from '../../../local/terminal.ts';

test.each([
  [true, 'xterm-256color', true],
  [true, undefined, true],
  [true, 'dumb', false],
  [false, 'xterm-256color', false],
])('a terminal: %s, of the kind %s, can be drawn over: %s', (isTTY, TERM, expected) => {
  expect(canRedraw({ isTTY }, { TERM })).toBe(expected);
});
