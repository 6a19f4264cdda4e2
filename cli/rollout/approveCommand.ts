/** The command that gives an approval. */
import type { ObjectReference } from '../../api/references.ts';
import type { StageTaskMoment } from '../../api/runConditions.ts';
import { ownCommand } from '../calledAs.ts';

/** Without --before, the approval after the stage is meant. */
export function approveCommand(run: ObjectReference, stage: string, when: StageTaskMoment): string {
  const moment = when === 'before' ? ' --before' : '';
  const namespace = run.namespace === undefined ? '' : ` -n ${run.namespace}`;
  return ownCommand(`approve ${run.name} ${stage}${moment}${namespace}`);
}
