/** Clusters have not been chosen, or not as many as the policy asks for. */
import { findCondition, placementStepType } from '../../../api/conditions.ts';
import { inScopeOf, referenceOf, type ObjectReference } from '../../../api/references.ts';
import { ownCommand } from '../../calledAs.ts';
import { clause, type Finding } from '../finding.ts';
import type { PlacementFacts, RunFacts } from '../facts.ts';
import { inNamespace } from '../words.ts';

export function runNotScheduled({ subject, run }: RunFacts): Finding | undefined {
  const initialized = findCondition(run.status?.conditions, 'Initialized');
  if (initialized?.status !== 'Unknown') return undefined;
  return {
    cause: 'notScheduled',
    what: `${subject} cannot be planned yet`,
    since: initialized.lastTransitionTime,
    rule: clause(initialized.message),
    frees: 'it is planned as soon as that is there; what each cluster lacks can be asked',
    command: explainCommand(inScopeOf(run.metadata, run.spec.placementName)),
    short: initialized.message,
  };
}

export function placementNotScheduled({ subject, placement }: PlacementFacts): Finding | undefined {
  const { metadata, status } = placement;
  const scheduled = findCondition(status?.conditions, placementStepType(metadata, 'Scheduled'));
  const isCurrent = scheduled?.observedGeneration === metadata.generation;
  if (scheduled?.status === 'True' && isCurrent) return undefined;
  return {
    cause: 'notScheduled',
    what: `${subject} is not scheduled`,
    ...(scheduled !== undefined && isCurrent
      ? { since: scheduled.lastTransitionTime, rule: clause(scheduled.message) }
      : { rule: 'no worker has looked at it since it was changed' }),
    frees: 'what each cluster lacks, and what would change that, can be asked',
    command: explainCommand(referenceOf(placement)),
  };
}

function explainCommand({ name, namespace }: ObjectReference): string {
  return ownCommand(`explain placement ${name}${inNamespace(namespace)}`);
}
