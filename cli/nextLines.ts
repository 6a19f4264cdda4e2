/** Commands that somebody who has read so far may want to type, the likeliest first. */

/** One line for each: `next: flotilla …`, and the others below it. */
export function nextLines(
  commands: readonly string[],
  paint: (command: string) => string = (command) => command,
): string[] {
  return commands.map((command, index) => `${index === 0 ? 'next: ' : '      '}${paint(command)}`);
}
