/**
 * Who may change a cluster for a placement: at most one holder at a time, the newer one wins.
 * A claim stands as JSON in an annotation of the binding on the hub, and in the status of the member's inventory.
 */
import { formatReference, scopeOf, type ObjectReference } from '../api/references.ts';

/** Somebody who rolls out: a run, or a placement that rolls out by itself. */
export interface ClaimHolder extends ObjectReference {
  kind: 'ClusterStagedUpdateRun' | 'StagedUpdateRun' | 'ClusterResourcePlacement' | 'ResourcePlacement';
  uid: string;
  /** When the holder came into being, RFC 3339; see {@link creationOf}. */
  createdAt: string;
  /**
   * Generation of the placement at which the holder saw that the strategy leaves the rollout to it. Absent on a
   * placement that removes itself; on a run, absent counts as 0.
   */
  strategyGeneration?: number;
}

/** What a holder leaves where it is at work. */
export interface Claim extends ClaimHolder {
  /** When the holder took over, RFC 3339. */
  since: string;
}

/**
 * When a holder came into being. API servers tell whole seconds; which part of that second it was is told by the moment
 * at which the holder was taken up, so that of two runs in one second the later one is the newer one.
 * @param createdAt `creationTimestamp`, RFC 3339
 * @param takenUpAt epoch milliseconds
 * @returns RFC 3339, within the second of `createdAt`
 */
export function creationOf(createdAt: string, takenUpAt: number): string {
  const second = Date.parse(createdAt);
  if (Number.isNaN(second)) return createdAt;
  return new Date(Math.min(Math.max(takenUpAt, second), second + 999)).toISOString();
}

/** Whether a placement is the holder that takes itself away from everywhere. */
export function isSelfRemoval(holder: ClaimHolder): boolean {
  return isPlacement(holder) && holder.strategyGeneration === undefined;
}

/** Whether `claim` was left by `holder` and says all that `holder` has to say. */
export function covers<C extends ClaimHolder>(claim: C | undefined, holder: ClaimHolder): claim is C {
  return claim !== undefined && isHeldBy(claim, holder) && standing(claim) >= standing(holder);
}

/** Whether `claim` was left by `holder`. */
export function isHeldBy(claim: ClaimHolder | undefined, holder: ClaimHolder): boolean {
  return claim?.uid === holder.uid;
}

/**
 * Whether `claim` stands against `holder`: somebody else left it, who is newer. Of two runs or two placements that is
 * told by creation, then by uid; of a run and a placement by the strategy which they have seen, so that whoever the
 * strategy was given to last has the cluster. No claim, or an older one, gives way.
 */
export function standsAgainst<C extends ClaimHolder>(claim: C | undefined, holder: ClaimHolder): claim is C {
  if (claim === undefined || claim.uid === holder.uid) return false;
  if (isPlacement(claim) !== isPlacement(holder)) {
    // No generation leaves the rollout to both; if it seems so, exactly one gives way all the same.
    return isPlacement(claim) ? standing(claim) >= standing(holder) : standing(claim) > standing(holder);
  }
  const [theirs, ours] = [creation(claim), creation(holder)];
  return theirs === ours ? claim.uid > holder.uid : theirs > ours;
}

/** `ClusterStagedUpdateRun/name` or `StagedUpdateRun/namespace/name`: how a holder is named to people. */
export function holderName(holder: ClaimHolder): string {
  return `${holder.kind}/${formatReference(holder)}`;
}

/** The claim that `holder` leaves at the time `since`. */
export function claimOf(holder: ClaimHolder, since: string): Claim {
  const { kind, name, uid, createdAt, strategyGeneration } = holder;
  const seen = strategyGeneration === undefined ? {} : { strategyGeneration };
  return { kind, ...scopeOf(holder), name, uid, createdAt, ...seen, since };
}

/** The text of the binding's annotation. */
export function formatClaim(claim: Claim): string {
  return JSON.stringify(claim);
}

/** Reads the binding's annotation. A text that is no claim counts as none, so that a slip of the hand blocks nobody. */
export function parseClaim(text: string | undefined): Claim | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isClaim(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a placement itself is the holder, not a run. */
export function isPlacement({ kind }: ClaimHolder): boolean {
  return kind === 'ClusterResourcePlacement' || kind === 'ResourcePlacement';
}

/** No generation is higher than that of a placement that removes itself. */
function standing(holder: ClaimHolder): number {
  return isSelfRemoval(holder) ? Infinity : (holder.strategyGeneration ?? 0);
}

/** Epoch milliseconds; a holder without a readable creation time is older than any other. */
function creation(holder: ClaimHolder): number {
  const time = Date.parse(holder.createdAt);
  return Number.isNaN(time) ? -Infinity : time;
}

function isClaim(value: unknown): value is Claim {
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  const isText = (field: string): boolean => typeof fields[field] === 'string';
  const hasGeneration = ['undefined', 'number'].includes(typeof fields.strategyGeneration);
  return hasGeneration && ['kind', 'name', 'uid', 'createdAt', 'since'].every(isText);
}
