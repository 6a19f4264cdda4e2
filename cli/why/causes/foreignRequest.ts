/** Where the approval request of a stage should be, there is one of somebody else. */
import { kindsIn } from '../../../api/kinds.ts';
import { clause, type Finding } from '../finding.ts';
import type { RunFacts } from '../facts.ts';
import { inNamespace } from '../words.ts';
import { failureOf } from './ended.ts';

export function foreignRequest({ subject, run }: RunFacts): Finding | undefined {
  const failure = failureOf({ run });
  const request = /approval request task `([^`]+)` is targeting/.exec(failure?.message ?? '')?.[1];
  if (failure === undefined || request === undefined) return undefined;
  const { plural } = kindsIn(run.metadata).approvalRequest;
  return {
    cause: 'foreignRequest',
    what: `${subject} has failed because the approval request ${request} is not its own`,
    since: failure.lastTransitionTime,
    rule: clause(failure.message),
    frees: 'delete that request if nothing needs it, then make a new run',
    command: `kubectl delete ${plural} ${request}${inNamespace(run.metadata.namespace)}`,
    short: failure.message,
  };
}
