/** The ways in which an attempt on a cluster ends without having reached its goal. Thrown; none of them leaves the activity. */
import type { FailedResourcePlacement } from '../../api/types/clusterresourcebinding.ts';
import type { ClaimHolder } from '../../domain/claims.ts';
import { holderName } from '../../domain/claims.ts';

/** A newer holder has claimed the cluster: stop, it is not ours any more. */
export class Displaced extends Error {
  override readonly name = 'Displaced';
  /** The newer holder, as `ClusterStagedUpdateRun/name`. */
  readonly by: string;

  constructor(holder: ClaimHolder) {
    super(`${holderName(holder)} has taken the cluster over.`);
    this.by = holderName(holder);
  }
}

/** Something that was read has changed before it was written: read again and decide again. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/** Which of the binding's conditions a trouble turns false. */
export type TroubleStage = 'notApplied' | 'notAvailable';

/** Something outside Flotilla has to change before the cluster can go on: tell people, try again. */
export class ClusterTrouble extends Error {
  override readonly name = 'ClusterTrouble';
  readonly stage: TroubleStage;
  /** The objects that the trouble is about; none when it is about the whole cluster. */
  readonly failed: FailedResourcePlacement[];
  /** The member gave no answer: ask whether it is there before anything else is tried. */
  readonly unreachable: boolean;
  /** The attempt has already waited for something to happen: no pause before the next. */
  readonly waited: boolean;
  /** As far as is known it only takes its time. */
  readonly passing: boolean;

  /** @param reason one sentence for people, without content of objects: it goes to Temporal and to logs */
  constructor(
    reason: string,
    details: Pick<ClusterTrouble, 'stage'> &
      Partial<Pick<ClusterTrouble, 'failed' | 'unreachable' | 'waited' | 'passing'>>,
  ) {
    super(reason);
    this.stage = details.stage;
    this.failed = details.failed ?? [];
    this.unreachable = details.unreachable ?? false;
    this.waited = details.waited ?? false;
    this.passing = details.passing ?? false;
  }
}
