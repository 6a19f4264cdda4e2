/** What else is going on around a run that is planned: other runs of the placement, members, the worker. */
import { findCondition } from '../../api/conditions.ts';
import { referenceOf } from '../../api/references.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { isOver } from '../../domain/runs/over.ts';
import { ownCommand } from '../calledAs.ts';
import { revisionOf } from '../rollout/runOrder.ts';
import { runTarget } from '../rollout/target.ts';
import { clause } from '../why/finding.ts';
import type { PlanFacts } from './facts.ts';

/** Clauses for people. */
export interface Remarks {
  problems: string[];
  notes: string[];
}

/**
 * Runs that have not ended. The newest run of a placement has its clusters, so this one would take them from all
 * others; those that bring the same snapshot are not disturbed.
 * @param index of the snapshot that this one brings; absent where it is not known
 */
export function otherRuns({ run, runs }: Pick<PlanFacts, 'run' | 'runs'>, index: string | undefined): Remarks {
  const remarks: Remarks = { problems: [], notes: [] };
  for (const other of runs.filter((one) => isOther(one, run) && !bringsToo(one, index))) {
    const name = runTarget(referenceOf(other));
    const revision = revisionOf(other);
    const what = revision === undefined ? '' : ` with revision ${revision}`;
    if (other.spec.state === 'Initialize') {
      remarks.notes.push(`${name} is planned${what} and not begun; if it begins later, this run has its clusters`);
    } else if (other.spec.state === 'Stop') {
      remarks.notes.push(`${name} is paused${what}; it fails when it goes on after this run`);
    } else {
      remarks.problems.push(
        `${name} is under way${what}: this run would take its clusters over, and it would fail; ` +
          `let it end, or stop it with ${ownCommand(`rollout pause ${name}`)}`,
      );
    }
  }
  return remarks;
}

function isOther(one: ClusterStagedUpdateRun, { metadata }: ClusterStagedUpdateRun): boolean {
  return one.metadata.name !== metadata.name && one.metadata.deletionTimestamp === undefined && !isOver(one);
}

function bringsToo(one: ClusterStagedUpdateRun, index: string | undefined): boolean {
  return index !== undefined && String(revisionOf(one)) === index;
}

/** Why a member could not be brought anything now, as the hub last saw it: a clause; undefined where it could. */
export function memberTrouble({ metadata, status }: MemberCluster): string | undefined {
  if (metadata.deletionTimestamp !== undefined) return 'it is leaving the fleet';
  const conditions = status?.agentStatus?.[0]?.conditions;
  if (findCondition(conditions, 'Joined')?.status !== 'True') return 'it has not joined the fleet yet';
  const healthy = findCondition(conditions, 'Healthy');
  return healthy?.status === 'False' ? clause(healthy.message) : undefined;
}

/** What the hub says of the run itself, and whether anybody would carry it out. */
export function remarksOnHub({ answer, worker, run }: Pick<PlanFacts, 'answer' | 'worker' | 'run'>): Remarks {
  const isMissing = worker.state === 'missing';
  return {
    problems: answer.taken === false ? [answer.why] : [],
    notes: [
      ...(answer.taken === 'unknown' ? [answer.why] : []),
      ...(isMissing ? ['no worker is running: the run begins when one does'] : []),
      ...(run.spec.state === 'Initialize' ? ['state Initialize only plans the run: it begins with state Run'] : []),
      ...(run.spec.state === 'Stop' ? ['state Stop holds the run: it begins with state Run'] : []),
    ],
  };
}
