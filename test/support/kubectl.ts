/** The fleet's own kubectl, and reading what it prints. */
import { fileURLToPath } from 'node:url';
import type { Fleet } from '../../local/fleetHandle.ts';
import { run, type CommandOptions, type CommandResult } from './command.ts';

const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** Runs the fleet's kubectl in the checkout, against the hub unless `typed` names another `--context`. */
export function kubectl(fleet: Fleet, typed: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return run(fleet.kubectl, typed, {
    cwd: checkout,
    ...options,
    environment: { KUBECONFIG: fleet.kubeconfig, ...options.environment },
  });
}

/** Like {@link kubectl} with words separated by spaces. */
export function kubectlLine(fleet: Fleet, line: string, options: CommandOptions = {}): Promise<CommandResult> {
  return kubectl(fleet, line.split(' '), options);
}

/** Applies objects, as JSON, through kubectl's standard input. */
export function apply(fleet: Fleet, objects: readonly object[], typed: readonly string[] = []): Promise<CommandResult> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  return kubectl(fleet, ['apply', '-f', '-', ...typed], { input: JSON.stringify(list) });
}

/** One object as JSON, parsed. */
export async function getObject<T>(fleet: Fleet, line: string): Promise<T> {
  const { stdout } = await kubectl(fleet, ['get', ...line.split(' '), '-o', 'json']);
  return JSON.parse(stdout) as T;
}

/** Waits with `kubectl wait`, which watches; rejects when the deadline passes. */
export async function waitFor(fleet: Fleet, what: string, object: string, seconds = 60): Promise<void> {
  await kubectl(fleet, ['wait', `--for=${what}`, ...object.split(' '), `--timeout=${String(seconds)}s`], {
    deadlineMs: (seconds + 30) * 1000,
  });
}

/**
 * A table with the ages taken out: cells of the column AGE become `<age>`, and what follows them is moved to where it
 * stands for any age. Throws when a row's age does not look like one. Everything else stays byte for byte.
 */
export function withoutAges(table: string): string {
  const lines = table.replace(/\n$/, '').split('\n');
  const header = lines[0] ?? '';
  const start = header.search(/\bAGE\b/);
  if (start < 0) return table;
  const width = /^AGE +/.exec(header.slice(start))?.[0].length;
  const masked = lines.map((line, row) => {
    const age = width === undefined ? line.slice(start) : line.slice(start, start + width).trimEnd();
    if (row > 0 && !/^(\d+[smhdy])+$/.test(age)) throw new Error(`"${age}" is not an age, in:\n${table}`);
    const rest = width === undefined ? '' : `   ${line.slice(start + width)}`;
    return line.slice(0, start) + (row > 0 ? '<age>' : 'AGE') + rest;
  });
  return `${masked.join('\n')}\n`;
}
