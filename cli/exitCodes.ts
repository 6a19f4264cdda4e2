/** How commands end; 0 when all went well. The table in docs/command.md is for users. */
export const exitCodes = {
  /** What was typed cannot be meant, or was refused. */
  mistake: 1,
  /** What was asked for is under way, but was not done in the time given. */
  unfinished: 2,
  /** The rollout that was followed has failed. */
  failed: 3,
  /** What was followed was deleted meanwhile. */
  deleted: 4,
  /** There is no object, member or stage of that name. */
  notFound: 5,
  /** The hub does not know the user, or the user lacks a right. */
  notPermitted: 6,
  /** The hub does not answer, or what answers is no hub. */
  hubUnreachable: 7,
  /** There is what was looked for: problems of a plan, or with `diff --exit-code` differences. */
  found: 8,
  /** What only the history tells is not to be had: Temporal does not answer, or does not keep it any more. */
  historyMissing: 9,
} as const;
