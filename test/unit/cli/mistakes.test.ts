/** What somebody reads who mistyped a command line, and under which name the program answers. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { calledAs, checkoutCommand, ownCommand } from '../../../cli/calledAs.ts';
import { commandWords, mistakeSentence } from '../../../cli/mistakeSentence.ts';

describe('one sentence', () => {
  test.each([
    ["error: unknown command 'gte'\n(Did you mean get?)\n", "Unknown command 'gte'; did you mean get?"],
    [
      "error: unknown option '--namspce'\n(Did you mean one of --name, --namespace?)\n",
      "Unknown option '--namspce'; did you mean --name or --namespace?",
    ],
    [
      "error: missing required argument 'run'\n",
      "Missing required argument 'run'; flotilla get --help shows what can be typed.",
    ],
    [
      "error: option '--label <key=value>' argument 'a b=c' is invalid. \"a b=c\" is not a label of the form key=value.\n",
      '"a b=c" is not a label of the form key=value.',
    ],
    [
      "error: option '-o <format>' argument 'xml' is invalid. Allowed choices are wide, json.\n",
      "Option '-o <format>' argument 'xml' is invalid: allowed choices are wide, json; flotilla get --help shows what can be typed.",
    ],
  ])('%j', (text, sentence) => {
    expect(mistakeSentence(text, 'flotilla get')).toBe(sentence);
  });

  test('names the help of the command that was typed', () => {
    const program = new Command('kubectl flotilla');
    program.command('rollout').command('status');
    expect(commandWords(program, ['rollout', 'status', '--nope'])).toBe('kubectl flotilla rollout status');
    expect(commandWords(program, ['rollout', 'stats'])).toBe('kubectl flotilla rollout');
    expect(commandWords(program, [])).toBe('kubectl flotilla');
  });
});

test.each([
  ['/usr/bin/flotilla', 'flotilla', false],
  ['/work/cli/flotilla.js', 'flotilla', false],
  ['/usr/bin/kubectl-flotilla', 'kubectl flotilla', false],
  ['C:\\tools\\kubectl-flotilla.js'.replaceAll('\\', '/'), 'kubectl flotilla', false],
  ['/usr/bin/kubectl_complete-flotilla', 'kubectl flotilla', true],
  ['', 'flotilla', false],
])('called as %s', (script, program, completes) => {
  expect(calledAs(script)).toEqual({ program, completes });
});

describe('what can be typed next', () => {
  const [node = '', script = ''] = process.argv;

  afterEach(() => {
    process.argv.splice(0, 2, node, script);
  });

  test.each([
    ['/usr/bin/flotilla', 'flotilla why web', 'npx flotilla local up'],
    ['/usr/bin/kubectl-flotilla', 'kubectl flotilla why web', 'kubectl flotilla local up'],
  ])('begins as %s was called', (called, own, inCheckout) => {
    process.argv[1] = called;
    expect(ownCommand('why web')).toBe(own);
    expect(checkoutCommand('local up')).toBe(inCheckout);
  });
});
