/** Somebody wants the run to do nothing. */
import { findCondition } from '../../../api/conditions.ts';
import { phaseOfObject } from '../../../domain/runs/objectPhase.ts';
import { ownCommand } from '../../calledAs.ts';
import type { Finding } from '../finding.ts';
import { progressingOf, workingOn, type RunFacts } from '../facts.ts';
import { nameSome } from '../words.ts';

export function planned({ subject, run }: RunFacts): Finding | undefined {
  if (phaseOfObject(run) !== 'Initialized') return undefined;
  const initialized = findCondition(run.status?.conditions, 'Initialized');
  return {
    cause: 'planned',
    what: `${subject} is only planned`,
    ...(initialized && { since: initialized.lastTransitionTime }),
    rule: 'its spec.state is Initialize',
    frees: 'it begins once that is Run',
    command: ownCommand(`rollout resume ${subject}`),
    short: 'the run is planned and starts when its spec.state is set to Run',
  };
}

export function stopped(facts: RunFacts): Finding | undefined {
  const { subject, run } = facts;
  const phase = phaseOfObject(run);
  if (phase !== 'Stopped' && phase !== 'Stopping') return undefined;
  const condition = progressingOf(run);
  const working = workingOn(facts).map(({ name }) => name);
  const rest = working.length === 0 ? '' : `, and what was begun on ${working.join(', ')} comes to its end first`;
  return {
    cause: 'stopped',
    what: `${subject} is ${phase === 'Stopped' ? 'paused' : 'being paused'}`,
    ...(condition && { since: condition.lastTransitionTime }),
    rule: `its spec.state is Stop, so it starts nothing more${rest}`,
    frees: 'it goes on once that is Run again',
    command: ownCommand(`rollout resume ${subject}`),
    short:
      phase === 'Stopped'
        ? 'the run was asked to stop; it goes on when its spec.state is set to Run'
        : `the run was asked to stop; ${openWork(working)} still to be finished`,
  };
}

function openWork(working: readonly string[]): string {
  if (working.length === 0) return 'what was begun is';
  return `${nameSome(working)} ${working.length === 1 ? 'is' : 'are'}`;
}
