/** Shows a run's progress while it goes on: a tree that redraws in a terminal, a line for each change elsewhere. */
import { createLogUpdate } from 'log-update';
import { canRedraw } from '../../local/terminal.ts';
import { changedItems, progressTree, type ProgressItem } from './progress.ts';

export interface ProgressView {
  show(items: ProgressItem[]): void;
  /** Leaves the last state standing. */
  close(): void;
}

/** What has been told of each run already, by its name, so that a second look at a run does not repeat it. */
export type ToldProgress = Map<string, ProgressItem[]>;

/** The view that fits the stream. */
export function progressView(output: NodeJS.WriteStream, told: ToldProgress): ProgressView {
  return canRedraw(output) ? treeView(output) : lineView(output, told);
}

function treeView(output: NodeJS.WriteStream): ProgressView {
  const screen = createLogUpdate(output);
  let current: ProgressItem[] = [];
  const draw = (): void => {
    if (current.length > 0) screen(progressTree(current, Date.now()).join('\n'));
  };
  // Only the seconds that a wait has left change between two events.
  const clock = setInterval(draw, 1000);
  return {
    show(items) {
      current = items;
      draw();
    },
    close() {
      clearInterval(clock);
      screen.done();
    },
  };
}

function lineView(output: NodeJS.WriteStream, told: ToldProgress): ProgressView {
  return {
    show(items) {
      const run = items[0]?.label ?? '';
      for (const item of changedItems(told.get(run) ?? [], items)) {
        const place =
          item.depth === 2 ? `${item.id.split('/')[0] ?? ''}/${item.label}` : item.depth === 1 ? item.label : '';
        output.write(
          `  ${new Date().toISOString().slice(11, 19)}  ${[run, place].join(' ').trimEnd()}: ${item.state}\n`,
        );
      }
      told.set(run, items);
    },
    close: () => undefined,
  };
}
