/** A failed rollout is brought back by what the screens say: the transcript in the README, typed line by line. */
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Fleet } from '../../../local/fleet.ts';
import { checkScreen, commandEnvironment, masked, type Environment } from '../../support/commandScreens.ts';
import { getFleet } from '../../support/fleet.ts';
import { kubectlLine, waitFor } from '../../support/kubectl.ts';
import { PseudoTerminal } from '../../support/pseudoTerminal.ts';
import { maskScreen } from '../../support/screenMasks.ts';

const checkout = fileURLToPath(new URL('../../../', import.meta.url));
const heading = '## A change that goes wrong';
const question = '[yes/no]';
/** Where the reader ends the command with Ctrl-C. */
const interruption = '^C';

interface Typed {
  command: string;
  /** What is to be seen then, line by line. */
  lines: string[];
}

let fleet: Fleet;
let environment: Environment;
let folder: string;

const readme = await readFile(path.join(checkout, 'README.md'), 'utf8');
const transcript = readTranscript(readme);

beforeAll(async () => {
  fleet = await getFleet();
  folder = await mkdtemp(path.join(tmpdir(), 'flotilla-transcript-'));
  await symlink(path.join(checkout, 'cli/flotilla.js'), path.join(folder, 'flotilla'));
  const programs = [folder, fleet.binFolder, path.dirname(process.execPath), process.env.PATH ?? ''];
  environment = commandEnvironment({ KUBECONFIG: fleet.kubeconfig, PATH: programs.join(':') });
}, 180_000);

afterAll(async () => {
  await kubectlLine(fleet, 'delete csur shop-run-1 shop-run-2 shop-undo-1 --ignore-not-found');
  for (const kind of ['crp', 'csus']) await kubectlLine(fleet, `delete ${kind} shop --ignore-not-found`);
  await kubectlLine(fleet, 'delete ns shop --ignore-not-found --wait=false');
  await rm(folder, { recursive: true, force: true });
}, 120_000);

function readTranscript(text: string): Typed[] {
  const [, section = ''] = text.split(`${heading}\n`);
  const [, block = ''] = /```console\n(.*?)```/s.exec(section) ?? [];
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((entry) => {
      const [command = '', ...lines] = entry.trimEnd().split('\n');
      return { command, lines };
    });
}

/** Types a command, answers what it asks, and ends it where the transcript does. @returns the screen, with masks */
async function play({ command, lines }: Typed): Promise<string[]> {
  const terminal = new PseudoTerminal('/bin/bash', ['-c', command], { environment, cwd: checkout });
  try {
    const answer = lines
      .find((line) => line.includes(question))
      ?.split(question)[1]
      ?.trim();
    if (answer !== undefined) {
      await terminal.shows((text) => text.includes(question));
      terminal.press(`${answer}\r`);
    }
    const isInterrupted = lines.includes(interruption);
    if (isInterrupted) {
      const wanted = maskScreen(lines.filter((line) => line !== interruption).join('\n'));
      await terminal.shows((text) => maskScreen(text).includes(wanted));
      terminal.press('\u0003');
    }
    expect(await terminal.ends(60_000)).toBe(isInterrupted ? 130 : 0);
    checkScreen(terminal);
    return masked(terminal.lines).text.trimEnd().split('\n');
  } finally {
    await terminal.close();
  }
}

/** How far a stage is told depends on how fast the clusters are; its end is told in any case. */
function withoutSteps(lines: readonly string[]): string[] {
  return lines.filter((line) => !/^stage \S+: .*(?<!completed)$|^csur\/\S+ brings revision /.test(line));
}

describe('the transcript in the README', () => {
  test.each(transcript.map((typed) => [typed.command, typed] as const))('$ %s', async (command, typed) => {
    const shown = await play(typed);
    const expected = maskScreen(typed.lines.filter((line) => line !== interruption).join('\n')).split('\n');
    expect(withoutSteps(shown)).toEqual(withoutSteps(expected));
    // Whoever types is slower than the controller that counts what a quota is for.
    if (command.startsWith('kubectl create quota')) {
      await waitFor(fleet, 'jsonpath={.status.used.configmaps}=2', 'quota/small -n shop --context member3');
    }
  });

  test('ends with everything as it was', async () => {
    for (const member of fleet.members) {
      const names = await kubectlLine(fleet, `get cm -n shop -o name --context ${member}`);
      expect(names.stdout).toBe('configmap/kube-root-ca.crt\nconfigmap/prices\n');
      const price = await kubectlLine(fleet, `get cm prices -n shop -o jsonpath={.data.coffee} --context ${member}`);
      expect(price.stdout).toBe('3.20');
    }
  });

  test('types no command of flotilla that no screen has named, but for the beginning of a run', () => {
    let named = new Set<string>();
    const typed = transcript.filter(({ command, lines }) => {
      const isKnown = named.has(command) || !command.startsWith('flotilla ') || command.startsWith('flotilla run ');
      const next = lines.flatMap((line) => /^(?:next:| {5}) (flotilla .*)$/.exec(line)?.[1] ?? []);
      named = new Set([...named, ...next]);
      return !isKnown;
    });
    expect(typed).toEqual([]);
    expect(transcript.map(({ command }) => command)).toContain('flotilla rollout undo crp/shop');
  });
});
