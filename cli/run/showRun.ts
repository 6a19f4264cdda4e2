/** `flotilla get run NAME`: where a run is, and why. */
import type { ObjectReference } from '../../api/references.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { canRedraw } from '../../local/terminal.ts';
import type { Terminal } from '../get/listing.ts';
import { followRun } from './followRun.ts';
import { paperFor } from './paper.ts';
import { pictureOf } from './picture.ts';
import { readRun } from './readRun.ts';
import { appendingScreen, redrawingScreen } from './runScreen.ts';
import { runTree } from './tree.ts';

export interface RunShowing {
  /** Stay until the run is over. */
  watch: boolean;
  ascii: boolean;
  terminal: Terminal;
  /** Ends the watching. */
  until: AbortSignal;
}

/** @throws CommandError */
export async function showRun(hub: KubernetesClient, reference: ObjectReference, showing: RunShowing): Promise<void> {
  const { watch, ascii, terminal, until } = showing;
  const paper = () => paperFor(process.stdout, process.env, ascii);
  if (!watch) {
    const picture = pictureOf(await readRun(hub, reference));
    terminal.out(`${runTree(picture, { now: Date.now() }, paper()).join('\n')}\n`);
    return;
  }
  const screen = canRedraw(process.stdout)
    ? await redrawingScreen(process.stdout, paper, terminal.aside)
    : appendingScreen(terminal.out, paper(), terminal.aside);
  try {
    await followRun(hub, reference, {
      show: screen.show,
      trouble: (sentence) => screen.tell(`${sentence}\n`),
      until,
    });
  } finally {
    screen.close();
  }
}
