/** What the placement selects cannot be told, so no snapshot of it is taken. */
import { snapshotsFailReason } from '../../../api/conditions.ts';
import { snapshotsHeldUp } from '../../../domain/placements/heldUpSnapshots.ts';
import { isOver } from '../../../domain/runs/over.ts';
import { clause, type Finding } from '../finding.ts';
import type { PlacementFacts } from '../facts.ts';

export function snapshotsHeld({ subject, placement, cluster, newestRun }: PlacementFacts): Finding | undefined {
  const heldUp = snapshotsHeldUp(placement.metadata, placement.status);
  // What a run brings is a snapshot already, and what is asked of one cluster is not about snapshots.
  if (heldUp === undefined || cluster !== undefined || (newestRun && !isOver(newestRun.run))) return undefined;
  const { message, lastTransitionTime, reason } = heldUp;
  const [, why = clause(message)] = /, because (.*?)\. /.exec(message) ?? [];
  const [, service = ''] = / APIServices? ([^\s,]*[^\s,.])/.exec(message) ?? [];
  const held = {
    cause: 'snapshotsHeld',
    what: `${subject} waits for a snapshot of what it selects`,
    since: lastTransitionTime,
    rule: `none is taken while ${why}`,
  } as const;
  if (reason === snapshotsFailReason) {
    const frees =
      'it goes on by itself once the hub takes one; an admission policy, a quota or the size of what is selected may ' +
      'be in the way';
    return { ...held, frees };
  }
  return {
    ...held,
    frees:
      'it goes on by itself once there is an answer, or once the APIService is removed because nothing needs it; ' +
      'what is wrong can be seen',
    command: `kubectl describe apiservice${service === '' ? 's' : ` ${service}`}`,
  };
}
