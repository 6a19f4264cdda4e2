/** Where in a command line somebody stands. */
import { expect, test } from '@jest/globals';
import { Command } from 'commander';
import { placeOf } from '../../../../cli/completion/place.ts';

function someProgram(): Command {
  const program = new Command('flotilla');
  program
    .command('get')
    .argument('<resource>')
    .argument('[names...]')
    .option('-n, --namespace <name>')
    .option('-w, --watch')
    .option('--wait [boolean]');
  program.command('rollout').command('status').argument('<object>').option('--timeout <time>');
  return program;
}

/** The place in one line: the command, what is wanted, what was begun, and what was understood before. */
function place(...typed: string[]): string {
  const { path, wanted, begun, given, options } = placeOf(someProgram(), typed);
  const what =
    wanted.type === 'argument'
      ? wanted.argument.name()
      : wanted.type === 'value'
        ? (wanted.option.long ?? '')
        : wanted.type;
  return [path, what, begun, given.join(' '), [...options].map((pair) => pair.join('=')).join(' ')].join('|');
}

test.each([
  [[''], '|command|||'],
  [['ge'], '|command|ge||'],
  [['rollout', ''], 'rollout|command|||'],
  [['rollout', 'status', 'cs'], 'rollout status|object|cs||'],
  [['get', ''], 'get|resource|||'],
  [['get', 'runs', ''], 'get|names||runs|'],
  [['get', 'runs', 'one', 't'], 'get|names|t|runs one|'],
  [['rollout', 'status', 'csur/one', ''], 'rollout status|nothing||csur/one|'],
])('words: %j', (typed, expected) => {
  expect(place(...typed)).toBe(expected);
});

test.each([
  [['get', '-'], 'get|option|-||'],
  [['get', '--na'], 'get|option|--na||'],
  [['get', '-n', 'sh'], 'get|--namespace|sh||'],
  [['get', '--namespace=sh'], 'get|--namespace|sh||'],
  [['get', '--wait=t'], 'get|--wait|t||'],
  [['get', 'runs', '-n', 'shop', ''], 'get|names||runs|namespace=shop'],
  [['get', 'runs', '-nshop', ''], 'get|names||runs|namespace=shop'],
  [['get', '--namespace=shop', 'runs', ''], 'get|names||runs|namespace=shop'],
  [['get', '-w', 'runs', ''], 'get|names||runs|'],
  [['get', '--wait', 'runs', ''], 'get|names||runs|'],
  [['get', '--unknown', 'runs', ''], 'get|names||runs|'],
  [['get', '--', 'runs', '-'], 'get|names|-|runs|'],
  [['-'], '|option|-||'],
])('options: %j', (typed, expected) => {
  expect(place(...typed)).toBe(expected);
});

test('a name that is also that of a command', () => {
  expect(place('get', 'runs', 'rollout', '')).toBe('get|names||runs rollout|');
});
