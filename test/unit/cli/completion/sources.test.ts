/** Every place of every command is thought of, and what a shell is answered. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { argumentSources, optionSources } from '../../../../cli/completion/sources.ts';
import { answerText } from '../../../../cli/completion/protocol.ts';

const folder = path.join(import.meta.dirname, '../../../../cli/commands');

/** All commands of the program, by their words. */
async function allCommands(): Promise<Map<string, Command>> {
  const program = new Command('flotilla');
  for (const file of readdirSync(folder)) {
    const adders = (await import(path.join(folder, file))) as Record<string, unknown>;
    for (const [name, add] of Object.entries(adders)) {
      if (/^add\w+Command$/.test(name)) (add as (program: Command) => void)(program);
    }
  }
  const found = new Map<string, Command>();
  const visit = (command: Command, words: string[]): void => {
    found.set(words.join(' '), command);
    for (const inner of command.commands) visit(inner, [...words, inner.name()]);
  };
  visit(program, []);
  return found;
}

describe('what is known of each place', () => {
  test('arguments: each has a source or choices, and there are no sources for others', async () => {
    const wanted = [...(await allCommands())].flatMap(([words, command]) =>
      command.registeredArguments
        .filter(({ argChoices }) => argChoices === undefined)
        .map((argument) => `${words} ${argument.name()}`),
    );
    expect(Object.keys(argumentSources).sort()).toEqual(wanted.sort());
  });

  test('options: each with a value has a source, choices, or is one that only a person can think of', async () => {
    const options = [...(await allCommands()).values()].flatMap((command) => command.options);
    const values = options.filter(({ required, argChoices }) => required && argChoices === undefined);
    const unknown = values
      .map((option) => option.attributeName())
      .filter((name) => !Object.hasOwn(optionSources, name));
    expect([...new Set(unknown)].sort()).toEqual(
      [
        'at',
        'by',
        'comment',
        'labels',
        'location',
        'member',
        'name',
        'port',
        'resourceGroup',
        'selector',
        'subscriptionId',
        'taint',
        'timeout',
        'uid',
      ].sort(),
    );
  });
});

describe('answers', () => {
  test('words that begin as typed, with what they are, and no files', () => {
    const words = [{ word: 'runs' }, { word: 'run', description: 'one\n of them' }, { word: 'members' }];
    expect(answerText(words, 'ru')).toBe('runs\nrun\tone of them\n:4\n');
    expect(answerText(words, 'x')).toBe(':4\n');
  });

  test('files are left to the shell', () => {
    expect(answerText('files', 'a')).toBe(':0\n');
  });
});
