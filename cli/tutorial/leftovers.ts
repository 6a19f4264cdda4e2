/** A fleet keeps its data, so the tutorial's objects of last time may still be there. */
import { commandLine } from './approval.ts';
import { cleanUpSteps, tutorialObjects } from './steps.ts';

/** What finding and removing leftovers needs from outside. */
export interface LeftoverStage {
  write(text: string): void;
  /** Runs kubectl, lets its output through; answers its exit code. */
  kubectl(typed: readonly string[], environment: Readonly<Record<string, string>>): Promise<number>;
  /** Runs kubectl and answers what it printed; rejects with its complaint when it fails. */
  kubectlOutput(typed: readonly string[]): Promise<string>;
}

/** Removes what an earlier tutorial left, by the document's own clean-up commands. Does nothing on a new fleet. */
export async function removeLeftovers(stage: LeftoverStage): Promise<void> {
  const found = await stage.kubectlOutput(['get', ...tutorialObjects, '--ignore-not-found', '-o', 'name']);
  if (found.trim() === '') return;
  stage.write(
    `\nThis fleet has been used before and still holds the tutorial's objects:\n${indented(found)}` +
      'They are removed first, with the commands of the clean-up section.\n',
  );
  for (const step of cleanUpSteps) {
    if (step.action.type !== 'kubectl') continue;
    const typed = [...step.action.arguments, '--ignore-not-found'];
    stage.write(`$ ${commandLine('kubectl', typed)}\n`);
    const code = await stage.kubectl(typed, {});
    if (code !== 0) throw new Error(`The tutorial's old objects could not be removed; kubectl says above why.`);
  }
}

function indented(lines: string): string {
  return lines.trim().replaceAll(/^/gm, '  ') + '\n';
}
