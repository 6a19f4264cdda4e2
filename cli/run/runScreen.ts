/** Shows a run that is followed: drawn anew in a terminal, a line for each change elsewhere. */
import { changeLines, saidOf, type Said } from './changes.ts';
import { pictureOf, type RunFacts, type RunPicture } from './picture.ts';
import { runTree, type Paper } from './tree.ts';

export interface RunScreen {
  show(facts: RunFacts): void;
  /** Leaves the last picture standing. */
  close(): void;
}

/** Draws in place. The countdowns make a drawing each second, and nothing is asked of the hub for them. */
export async function redrawingScreen(output: NodeJS.WriteStream, paper: () => Paper): Promise<RunScreen> {
  const { createLogUpdate } = await import('log-update');
  const drawing = createLogUpdate(output);
  let picture: RunPicture | undefined;
  const draw = (): void => {
    if (picture === undefined) return;
    drawing(runTree(picture, { now: Date.now() }, paper()).join('\n'));
  };
  const clock = setInterval(draw, 1000);
  output.on('resize', draw);
  return {
    show(facts) {
      picture = pictureOf(facts);
      draw();
    },
    close() {
      clearInterval(clock);
      output.off('resize', draw);
      draw();
      drawing.done();
    },
  };
}

/** The whole picture once, then what changes. @param write gets whole lines */
export function appendingScreen(write: (text: string) => void, paper: Paper): RunScreen {
  let said: Said | undefined;
  return {
    show(facts) {
      const picture = pictureOf(facts);
      const clock = { now: Date.now() };
      if (said === undefined) {
        said = saidOf(picture, clock);
        write(`${runTree(picture, clock, paper).join('\n')}\n`);
        return;
      }
      const changes = changeLines(picture, said, clock);
      said = changes.said;
      if (changes.lines.length > 0) write(`${changes.lines.join('\n')}\n`);
    },
    close: () => undefined,
  };
}
