/** A picture that is taller than its terminal: what is over and what is still to come gives way to where the run is. */
import { quantity } from './counts.ts';
import { symbolsFor, type Ink } from './ink.ts';
import type { StageState } from './picture.ts';

/** A stage as it is drawn: its head, then what there is to see of it. */
export interface DrawnStage {
  state: StageState;
  lines: string[];
}

/** Lines of the stages; of those that have ended, and then of those to come, only as much as there is room for. */
export function fitStages(stages: readonly DrawnStage[], room: number, ink: Ink): string[] {
  if (heightOf(stages) <= room) return linesOf(stages);
  let fitted = stages.map((stage) => ({ ...stage }));
  const shorten = (candidates: DrawnStage[]): void => {
    for (const stage of candidates) {
      if (heightOf(fitted) <= room) return;
      stage.lines = stage.lines.slice(0, 1);
    }
  };
  shorten(fitted.filter(isOver));
  shorten(fitted.filter(isToCome).toReversed());
  fitted = together(
    fitted,
    room,
    isOver,
    (count) => `${symbolsFor(ink).branch}${symbolsFor(ink).succeeded} ${quantity(count, 'stage')} done`,
  );
  fitted = together(
    fitted.toReversed(),
    room,
    isToCome,
    (count) => `${symbolsFor(ink).lastBranch}${symbolsFor(ink).pending} ${quantity(count, 'stage')} to come`,
  ).toReversed();
  const lines = linesOf(fitted);
  if (lines.length <= room) return lines;
  const kept = Math.max(0, room - 1);
  return [...lines.slice(0, kept), `${symbolsFor(ink).stem}    and ${lines.length - kept} more lines`];
}

/** Puts the first stages of a sort into one line, as many as it takes. */
function together(
  stages: DrawnStage[],
  room: number,
  isMeant: (stage: DrawnStage) => boolean,
  text: (count: number) => string,
): DrawnStage[] {
  const found = stages.findIndex((stage) => !isMeant(stage));
  const most = found < 0 ? stages.length : found;
  const count = Math.min(most, heightOf(stages) - room + 1);
  const [first] = stages;
  if (count < 2 || first === undefined) return stages;
  return [{ state: first.state, lines: [text(count)] }, ...stages.slice(count)];
}

function isOver({ state }: DrawnStage): boolean {
  return state === 'succeeded';
}

function isToCome({ state }: DrawnStage): boolean {
  return state === 'pending';
}

function linesOf(stages: readonly DrawnStage[]): string[] {
  return stages.flatMap(({ lines }) => lines);
}

function heightOf(stages: readonly DrawnStage[]): number {
  return linesOf(stages).length;
}
