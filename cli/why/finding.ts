/** Why something waits: as data, as the one sentence that people read, and as the few words beside a run's picture. */
import { formatDuration } from '../../domain/durations.ts';

export type CauseName =
  | 'succeeded'
  | 'failed'
  | 'displaced'
  | 'planOutdated'
  | 'foreignRequest'
  | 'removalHeld'
  | 'noWorker'
  | 'temporalUnreachable'
  | 'notScheduled'
  | 'snapshotsHeld'
  | 'planned'
  | 'stopped'
  | 'approvalNotCounted'
  | 'approvalPending'
  | 'timedWait'
  | 'memberUnreachable'
  | 'ownershipConflict'
  | 'applyRejected'
  | 'imageNotPulled'
  | 'notAvailable'
  | 'hindered'
  | 'waitingForSlot'
  | 'cordoned'
  | 'noRun'
  | 'progressing'
  | 'nothing';

/** All texts are clauses: without a capital where none is due, and without a full stop. */
export interface Finding {
  cause: CauseName;
  /** Who waits, and for what. */
  what: string;
  /** RFC 3339. */
  since?: string;
  /** What makes it wait. */
  rule?: string;
  /** What frees it. */
  frees?: string;
  /** What to type for that. */
  command?: string;
  /**
   * Of a run: the same in few words, for where the run and its stages stand around it. Its times are RFC 3339, and it
   * holds no countdown, so that it changes only when the run does.
   */
  short?: string;
  /** What keeps the cluster that `short` names. */
  detail?: string;
}

/** Looks at the facts for one cause. */
export type Cause<F> = (facts: F) => Finding | undefined;

/** The first cause that applies. */
export function firstOf<F>(causes: readonly Cause<F>[], facts: F): Finding | undefined {
  for (const cause of causes) {
    const finding = cause(facts);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

/** @param now epoch milliseconds */
export function findingSentence({ what, since, rule, frees, command }: Finding, now: number): string {
  const age = since === undefined ? '' : `, since ${since} (${ageText(since, now)} ago)`;
  const because = rule === undefined ? '' : `: ${rule}`;
  const way = frees === undefined ? '' : `; ${frees}`;
  return `${what}${age}${because}${way}${command === undefined ? '.' : `: ${command}`}`;
}

/** A message as part of a sentence: on one line, without its full stop. */
export function clause(message: string): string {
  return message
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim()
    .replace(/\.$/, '');
}

function ageText(since: string, now: number): string {
  return formatDuration(Math.max(0, Math.floor((now - Date.parse(since)) / 1000)) * 1000);
}
