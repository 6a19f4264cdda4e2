/** Where in a command line somebody stands who wants to know what can be typed next. */
import type { Argument, Command, Option } from 'commander';

/** What can stand where the cursor is. */
export type Wanted =
  | { type: 'command' }
  | { type: 'option' }
  | { type: 'value'; option: Option }
  | { type: 'argument'; argument: Argument }
  | { type: 'nothing' };

/** A command line up to the cursor, understood. */
export interface Place {
  /** The innermost command. */
  command: Command;
  /** Its words, without the name of the program: `rollout status`. */
  path: string;
  /** Its arguments so far. */
  given: string[];
  /** Values of its options by attribute, the last one where there are several. */
  options: ReadonlyMap<string, string>;
  wanted: Wanted;
  /** What has been typed of the wanted word already. */
  begun: string;
}

/** @param typed the words after the name of the program; the last one, which may be empty, is the one to complete */
export function placeOf(program: Command, typed: readonly string[]): Place {
  const before = typed.slice(0, -1);
  const begun = typed.at(-1) ?? '';
  const options = new Map<string, string>();
  const path: string[] = [];
  let given: string[] = [];
  let command = program;
  let awaiting: Option | undefined;
  let onlyArguments = false;
  for (const word of before) {
    if (awaiting !== undefined) {
      options.set(awaiting.attributeName(), word);
      awaiting = undefined;
    } else if (word === '--') {
      onlyArguments = true;
    } else if (!onlyArguments && word.startsWith('-')) {
      const { option, value } = optionIn(command, word);
      // One whose value may be left out takes none from the next word.
      if (option?.required !== true) continue;
      if (value === undefined) awaiting = option;
      else options.set(option.attributeName(), value);
    } else {
      const inner = given.length === 0 ? command.commands.find((candidate) => isCalled(candidate, word)) : undefined;
      if (inner === undefined) given = [...given, word];
      else {
        command = inner;
        path.push(word);
      }
    }
  }
  const common = { command, path: path.join(' '), given, options };
  if (awaiting !== undefined) return { ...common, wanted: { type: 'value', option: awaiting }, begun };
  if (!onlyArguments && begun.startsWith('-')) {
    const { option, value } = optionIn(command, begun);
    return option !== undefined && value !== undefined && begun.startsWith('--')
      ? { ...common, wanted: { type: 'value', option }, begun: value }
      : { ...common, wanted: { type: 'option' }, begun };
  }
  return { ...common, wanted: wantedWord(command, given.length), begun };
}

function wantedWord(command: Command, position: number): Wanted {
  if (position === 0 && command.commands.length > 0) return { type: 'command' };
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[position] ?? (last?.variadic === true ? last : undefined);
  return argument === undefined ? { type: 'nothing' } : { type: 'argument', argument };
}

/** `--name`, `--name=value`, `-n` and `-nvalue`. */
function optionIn(command: Command, word: string): { option: Option | undefined; value?: string } {
  if (!word.startsWith('--')) {
    const option = command.options.find(({ short }) => short === word.slice(0, 2));
    return { option, ...(word.length > 2 && { value: word.slice(2) }) };
  }
  const [name = ''] = word.split('=', 1);
  const option = command.options.find(({ long }) => long === name);
  return { option, ...(word.length > name.length && { value: word.slice(name.length + 1) }) };
}

function isCalled(command: Command, word: string): boolean {
  return command.name() === word || command.aliases().includes(word);
}
