/** Shows a run that is followed: drawn anew in a terminal, a line for each change elsewhere. */
import { changeLines, saidOf, type Said } from './changes.ts';
import { pictureOf, type RunFacts, type RunPicture } from './picture.ts';
import { runTree, type Paper } from './tree.ts';

export interface RunScreen {
  /** @param facts tells what is known when it is called */
  show(facts: () => RunFacts): void;
  /** Tells something besides, with a line feed at its end. */
  tell(sentence: string): void;
  /** Leaves the last picture standing. */
  close(): void;
}

/** Nobody sees more drawings than this, and a run over many clusters has hundreds of events a second. */
const betweenDrawingsMs = 100;

/**
 * Draws in place. The countdowns make a drawing each second, and nothing is asked of the hub for them.
 * @param aside gets sentences besides the picture
 */
export async function redrawingScreen(
  output: NodeJS.WriteStream,
  paper: () => Paper,
  aside: (text: string) => void,
): Promise<RunScreen> {
  const { createLogUpdate } = await import('log-update');
  const drawing = createLogUpdate(output);
  let facts: (() => RunFacts) | undefined;
  let picture: RunPicture | undefined;
  let drawnAt = -Infinity;
  let due: NodeJS.Timeout | undefined;
  const linesOn = (page: Paper): string => {
    if (facts !== undefined) picture = pictureOf(facts());
    facts = undefined;
    return picture === undefined ? '' : runTree(picture, { now: Date.now() }, page).join('\n');
  };
  const draw = (): void => {
    clearTimeout(due);
    due = undefined;
    drawnAt = performance.now();
    // The line below the picture is the cursor's; a terminal that does not know its size says 0.
    const height = output.rows > 1 ? output.rows - 1 : undefined;
    const text = linesOn({ ...paper(), height });
    if (text !== '') drawing(text);
  };
  const clock = setInterval(draw, 1000);
  let { columns } = output;
  const resized = (): void => {
    // Lines that the narrower terminal has broken take more room than anybody has counted.
    if (output.columns < columns && picture !== undefined) {
      drawing.done();
      output.write('\u001b[H\u001b[2J');
    }
    ({ columns } = output);
    draw();
  };
  output.on('resize', resized);
  return {
    show(now) {
      facts = now;
      due ??= setTimeout(draw, Math.max(0, drawnAt + betweenDrawingsMs - performance.now()));
    },
    tell(sentence) {
      // It stands above the picture and moves up with what was there before.
      drawing.clear();
      aside(sentence);
      draw();
    },
    close() {
      clearInterval(clock);
      clearTimeout(due);
      output.off('resize', resized);
      // All of it, also what did not fit onto the screen; over the ^C that the terminal has shown.
      const text = linesOn(paper());
      if (text !== '') drawing.persist(text);
      drawing.done();
    },
  };
}

/**
 * The whole picture once, then what changes.
 * @param write gets whole lines
 * @param aside gets sentences besides
 */
export function appendingScreen(write: (text: string) => void, paper: Paper, aside: (text: string) => void): RunScreen {
  let said: Said | undefined;
  return {
    show(facts) {
      const picture = pictureOf(facts());
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
    tell: aside,
    close: () => undefined,
  };
}
