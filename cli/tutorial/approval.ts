/** The file that approves a stage with `kubectl patch … --patch-file`, and how a command is shown. */
import { approvalFile } from './steps.ts';

/**
 * The text of `approval.json` as the document generates it: one key without braces around it, which is YAML and not
 * JSON. kubectl reads patch files as YAML, so it works; the name is the document's.
 *
 * @param now the moment of the approval
 */
export function approvalText(now: Date): string {
  return `"status": {
    "conditions": [
        {
            "lastTransitionTime": "${now.toISOString().slice(0, 19)}Z",
            "message": "lgtm",
            "observedGeneration": 1,
            "reason": "testPassed",
            "status": "True",
            "type": "Approved"
        }
    ]
}
`;
}

/** Arguments as they are run: the placeholder replaced by the path of the file. */
export function withApprovalFile(typed: readonly string[], path: string): string[] {
  return typed.map((argument) => (argument === approvalFile ? path : argument));
}

/** A command as somebody would type it in a shell. */
export function commandLine(
  program: string,
  typed: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${quoted(value)}`);
  return [...variables, program, ...typed.map(quoted)].join(' ');
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
