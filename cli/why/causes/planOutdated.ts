/** The placement, its policy or the fleet has moved away from the plan of the run. */
import { clause, type Finding } from '../finding.ts';
import { runCommand, type RunFacts } from '../facts.ts';
import { failureOf } from './ended.ts';

/** As in `outdatedRuns` of api/runFailures.ts. */
const changes = / is outdated, latest: | has changed, new: |to be deleted is not in the delete stage/;

export function planOutdated({ subject, run }: RunFacts): Finding | undefined {
  const failure = failureOf({ run });
  if (failure === undefined || !changes.test(failure.message)) return undefined;
  return {
    cause: 'planOutdated',
    what: `${subject} has failed because its policy or the members changed after it was planned`,
    since: failure.lastTransitionTime,
    rule: `a plan is fixed when a run begins, and this one does not fit any more (${clause(failure.message)})`,
    frees: 'a new run is planned with what there is now',
    command: runCommand(run),
    short: failure.message,
  };
}
