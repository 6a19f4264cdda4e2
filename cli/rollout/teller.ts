/** Prints what is new: each subject's line once for each change of it. */
import { oneLine } from '../oneLine.ts';
import type { StatusLine } from './runLines.ts';

/** Remembers what was said. @param say prints one line */
export function tellChanges(say: (line: string) => void): (lines: readonly StatusLine[]) => void {
  const said = new Map<string, string>();
  return (lines) => {
    for (const { subject, text } of lines) {
      if (said.get(subject) === text) continue;
      said.set(subject, text);
      // A log of a pipeline is read line by line.
      if (text !== '') say(oneLine(text));
    }
  };
}
