/** A program in a terminal of its own: keys go in, and a person's screen comes out. */
import { spawn, type IPty } from '@lydell/node-pty';
import { Terminal } from '@xterm/headless';
import { screenLines, visibleText, type ScreenLine } from './screenText.ts';

export interface TerminalOptions {
  /** All there is; nothing is taken over from this process. */
  environment: Readonly<Record<string, string>>;
  cwd?: string;
  /** @default 80 */
  columns?: number;
  /** @default 24 */
  rows?: number;
}

/** How far back one can look. */
const scrollback = 1_000;

export class PseudoTerminal {
  readonly #process: IPty;
  readonly #terminal: Terminal;
  readonly #waiting = new Set<() => void>();
  #written = '';
  #exitCode: number | undefined;

  constructor(program: string, typed: readonly string[], options: TerminalOptions) {
    const { environment, cwd, columns: cols = 80, rows = 24 } = options;
    this.#terminal = new Terminal({ cols, rows, scrollback, allowProposedApi: true });
    this.#process = spawn(program, [...typed], { cols, rows, cwd, env: { ...environment } });
    this.#process.onData((data) => {
      this.#written += data;
      this.#terminal.write(data, () => this.#look());
    });
    this.#process.onExit(({ exitCode, signal = 0 }) => {
      // Whatever was written before is on the screen by then.
      this.#terminal.write('', () => {
        // As a shell counts.
        this.#exitCode = signal === 0 ? exitCode : 128 + signal;
        this.#look();
      });
    });
  }

  get lines(): ScreenLine[] {
    return screenLines(this.#terminal);
  }

  /** What a person would read; lines end with a line feed. */
  get text(): string {
    return this.lines.map(({ text }) => `${text}\n`).join('');
  }

  /** The part of it that has not moved out of sight. */
  get visibleText(): string {
    return visibleText(this.#terminal);
  }

  /** Every character that the program has written, also those that move the cursor. */
  get written(): string {
    return this.#written;
  }

  /** Column of the cursor, from 0. */
  get cursorColumn(): number {
    return this.#terminal.buffer.active.cursorX;
  }

  get isCursorHidden(): boolean {
    return this.#written.lastIndexOf('\u001b[?25l') > this.#written.lastIndexOf('\u001b[?25h');
  }

  /** Presses keys; `\r` is Enter and `\u0003` is Ctrl-C. */
  press(keys: string): void {
    this.#process.write(keys);
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
    this.#process.resize(columns, rows);
  }

  /** Resolves with the text of the screen once it is as wanted. */
  async shows(wanted: RegExp | ((text: string) => boolean), deadlineMs = 45_000): Promise<string> {
    const isWanted = wanted instanceof RegExp ? (text: string) => wanted.test(text) : wanted;
    await this.#until(() => isWanted(this.text), `The screen did not become as wanted (${String(wanted)})`, deadlineMs);
    return this.text;
  }

  /** Resolves with the exit code once the program has ended by itself. */
  async ends(deadlineMs = 45_000): Promise<number> {
    await this.#until(() => this.#exitCode !== undefined, 'The program did not end', deadlineMs);
    return this.#exitCode ?? -1;
  }

  /** Ends the program if it is still there, as closing the window does. */
  async close(): Promise<void> {
    if (this.#exitCode === undefined) this.#process.kill('SIGHUP');
    await this.ends();
    this.#terminal.dispose();
  }

  #look(): void {
    for (const look of this.#waiting) look();
  }

  #until(isSo: () => boolean, complaint: string, deadlineMs: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const failure = (): Error => new Error(`${complaint} within ${deadlineMs} ms; it shows:\n${this.text}`);
    const look = (): void => {
      if (isSo()) resolve(undefined);
      else if (this.#exitCode !== undefined) reject(failure());
    };
    const timer = setTimeout(() => reject(failure()), deadlineMs);
    this.#waiting.add(look);
    look();
    return promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(look);
    });
  }
}
