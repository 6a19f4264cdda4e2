/** Plays the steps of the tutorial: says what comes, runs it, stops at the first command that fails. */
import { commandLine, withApprovalFile } from './approval.ts';
import type { TutorialStep } from './steps.ts';
import type { RunGoal } from './watchRun.ts';

/** What the player needs from outside. */
export interface Stage {
  /** Prints text as it is. */
  write(text: string): void;
  /** Runs kubectl and lets its output through; answers its exit code. */
  kubectl(typed: readonly string[], environment: Readonly<Record<string, string>>): Promise<number>;
  /** Shows the run's progress until it is there. */
  watchRun(run: string, goal: RunGoal): Promise<void>;
  /** Writes the approval file anew and answers its text. */
  writeApproval(): Promise<string>;
  /** Path of the approval file, as it is to be shown. */
  approvalPath: string;
  /** Comes back when a person, or whoever stands in, agrees. */
  askToApprove(): Promise<void>;
}

/** Plays the steps one after another. Rejects with one sentence when a command fails. */
export async function play(steps: readonly TutorialStep[], stage: Stage): Promise<void> {
  for (const step of steps) {
    if (step.title !== undefined) stage.write(heading(step.title));
    stage.write(`\n${step.sentence}\n`);
    await perform(step, stage);
  }
}

async function perform({ action }: TutorialStep, stage: Stage): Promise<void> {
  switch (action.type) {
    case 'kubectl': {
      if (action.approves === true) await stage.askToApprove();
      await runCommand(stage, withApprovalFile(action.arguments, stage.approvalPath), action.environment ?? {});
      return;
    }
    case 'writeApproval': {
      const text = await stage.writeApproval();
      stage.write(`$ cat ${stage.approvalPath}\n${text}`);
      return;
    }
    case 'watchRun':
      await stage.watchRun(action.run, action.until);
  }
}

async function runCommand(
  stage: Stage,
  typed: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const line = commandLine('kubectl', typed, environment);
  stage.write(`$ ${line}\n`);
  const code = await stage.kubectl(typed, environment);
  if (code === 0) return;
  throw new Error(`The tutorial stops here: "${line}" ended with code ${String(code)}; what it said stands above.`);
}

function heading(title: string): string {
  return `\n── ${title} ${'─'.repeat(Math.max(3, 100 - title.length))}\n`;
}
