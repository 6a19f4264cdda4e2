/** The flotilla command as it looks in terminals of several kinds, and in a pipe. */
import { fileURLToPath } from 'node:url';
import { run } from './command.ts';
import { PseudoTerminal, type TerminalOptions } from './pseudoTerminal.ts';
import { maskScreen } from './screenMasks.ts';
import type { ScreenLine } from './screenText.ts';

const program = fileURLToPath(new URL('../../cli/flotilla.js', import.meta.url));
const rows = 50;

export type Environment = Readonly<Record<string, string>>;

/** What every command needs; nothing else is taken over from this process. */
export function commandEnvironment(more: Environment): Environment {
  const { PATH = '', HOME = '', FLOTILLA_CACHE, XDG_CACHE_HOME } = process.env;
  return {
    PATH,
    HOME,
    ...(FLOTILLA_CACHE !== undefined && { FLOTILLA_CACHE }),
    ...(XDG_CACHE_HOME !== undefined && { XDG_CACHE_HOME }),
    LANG: 'C.UTF-8',
    TERM: 'xterm-256color',
    TZ: zoneAtNoon(Date.now()),
    ...more,
  };
}

/** A time zone in which it is midday, so that no time of day is one of tomorrow or yesterday. */
function zoneAtNoon(now: number): string {
  const ahead = 12 - new Date(now).getUTCHours();
  // In these names the sign is the other way round.
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

/** Starts `flotilla …` in a terminal; whoever starts it closes it. */
export function flotillaTerminal(typed: readonly string[], options: TerminalOptions): PseudoTerminal {
  return new PseudoTerminal(process.execPath, [program, ...typed], options);
}

/** What a command left on a screen. */
export interface Shown {
  /** With masks; lines end with a line feed. */
  text: string;
  /** The same with its colours and other effects as words. */
  painted: string;
  exitCode: number;
}

/** A command in a terminal of its own, to its end. */
export async function shownInTerminal(typed: readonly string[], options: TerminalOptions): Promise<Shown> {
  const terminal = flotillaTerminal(typed, { rows, ...options });
  try {
    const exitCode = await terminal.ends();
    checkScreen(terminal);
    return { ...masked(terminal.lines), exitCode };
  } finally {
    await terminal.close();
  }
}

/** Fails where a person would see that nobody had looked. */
export function checkScreen(terminal: PseudoTerminal): void {
  const { lines } = terminal;
  // Commands are there to be copied, so they stay in one line.
  const broken = lines.find(({ isBroken }, index) => isBroken && !/^(next:| {5}) /.test(lines[index - 1]?.text ?? ''));
  if (broken !== undefined) throw new Error(`A line is wider than the terminal: "${broken.text}" in\n${terminal.text}`);
  if (terminal.isCursorHidden) throw new Error(`The cursor is hidden after\n${terminal.text}`);
  if (terminal.cursorColumn !== 0) throw new Error(`The next prompt would not begin a line after\n${terminal.text}`);
}

export function masked(lines: readonly ScreenLine[]): Pick<Shown, 'text' | 'painted'> {
  const textOf = (key: 'text' | 'painted'): string => lines.map((line) => `${line[key]}\n`).join('');
  return { text: maskScreen(textOf('text')), painted: maskScreen(textOf('painted')) };
}

/** A command in a pipe, to its end; standard error is set apart where there is any. */
export async function shownInPipe(typed: readonly string[], environment: Environment): Promise<Shown> {
  const words = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const { stdout, stderr, code } = await run('/usr/bin/env', ['-i', ...words, process.execPath, program, ...typed], {
    mayFail: true,
  });
  const aside = stderr === '' ? '' : `(standard error:)\n${stderr}`;
  const text = maskScreen(stdout + aside);
  return { text, painted: text, exitCode: code };
}

/** One text for a person to look at: the same command at 80 and 200 columns, in colour, dumb, and in a pipe. */
export async function screensOf(typed: readonly string[], environment: Environment): Promise<string> {
  const [narrow, wide, dumb, pipe] = await Promise.all([
    shownInTerminal(typed, { environment }),
    shownInTerminal(typed, { environment, columns: 200 }),
    shownInTerminal(typed, { environment: { ...environment, TERM: 'dumb' } }),
    shownInPipe(typed, environment),
  ]);
  const sections: [title: string, text: string][] = [
    ['80 columns', narrow.text],
    ['200 columns', wide.text],
    ['colours', narrow.painted],
    ['TERM=dumb', dumb.painted],
    ['in a pipe', pipe.painted],
  ];
  const exitCodes = [...new Set([narrow, wide, dumb, pipe].map(({ exitCode }) => exitCode))].join(', ');
  return [
    `$ flotilla ${typed.join(' ')}\n`,
    ...sections.map(([title, text], index) => section(title, index > 0 && text === narrow.text ? undefined : text)),
    exitCodes === '0' ? '' : `\nexit code ${exitCodes}\n`,
  ].join('');
}

/** @param text absent where it is that of the first section */
export function section(title: string, text: string | undefined): string {
  return `\n${`── ${title} `.padEnd(80, '─')}\n${text ?? 'as at 80 columns\n'}`;
}
