/** What commander has to say about a command line, as one sentence of ours. */
import type { Command } from 'commander';

/**
 * @param text commander's own, such as `error: unknown command 'gte'` with `(Did you mean get?)` on the next line
 * @param command the words of the command, for the way to its help
 */
export function mistakeSentence(text: string, command: string): string {
  const [, said = text, meant] = /^(?:error: )?(.*?)\s*(?:\(Did you mean (.*)\?\))?\s*$/s.exec(text.trim()) ?? [];
  // What our own readers of values throw is whole already.
  const own = / is invalid\. (?!Allowed choices)(.*)$/s.exec(said)?.[1];
  if (own !== undefined) return own;
  const sentence = `${said.charAt(0).toUpperCase()}${said.slice(1)}`
    .replaceAll(/\s+/g, ' ')
    .replace(/\.$/, '')
    .replace(/\. ([A-Z])/g, (_, letter: string) => `: ${letter.toLowerCase()}`);
  if (meant === undefined) return `${sentence}; ${command} --help shows what can be typed.`;
  return `${sentence}; did you mean ${meant.replace(/^one of /, '').replace(/, ([^,]*)$/, ' or $1')}?`;
}

/** The words that were typed as far as they name commands: `flotilla rollout`. */
export function commandWords(program: Command, typed: readonly string[]): string {
  const words = [program.name()];
  let command: Command | undefined = program;
  for (const word of typed) {
    command = command.commands.find((candidate) => candidate.name() === word);
    if (command === undefined) break;
    words.push(word);
  }
  return words.join(' ');
}
