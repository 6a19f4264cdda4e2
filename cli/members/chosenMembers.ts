/** The members that a command is about: by their names, or by labels. */
import { kinds } from '../../api/kinds.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { CommandError, mistake } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { listObjects } from '../get/hubReader.ts';
import { findObject } from '../rollout/findTarget.ts';
import { parseReference } from '../rollout/target.ts';

export interface MemberChoice {
  names: readonly string[];
  /** In kubectl's syntax. */
  selector?: string;
}

/**
 * What was typed, before the hub is asked.
 * @param typed names; `cluster/NAME` and `member/NAME` are understood as well
 * @throws CommandError, or Error with one sentence
 */
export function memberChoice(typed: readonly string[], selector: string | undefined): MemberChoice {
  if (selector !== undefined && typed.length > 0) throw mistake('-l chooses by labels; leave the names out, or -l.');
  if (selector === undefined && typed.length === 0) {
    throw mistake('Say which member is meant: write its name, or choose by labels with -l.');
  }
  if (selector === '') throw mistake('-l "" would mean every member; name them instead.');
  const names = typed.map((text) => parseReference(text.replace(/^member\//, 'cluster/'), undefined, 'cluster').name);
  if (names.includes('')) throw mistake('The name of the member is empty.');
  return { names: [...new Set(names)], ...(selector !== undefined && { selector }) };
}

/** @throws CommandError: there is none, and what may be meant */
export async function chosenMembers(
  hub: KubernetesClient,
  { names, selector }: MemberChoice,
): Promise<MemberCluster[]> {
  if (selector === undefined) {
    return Promise.all(names.map((name) => findObject(hub, kinds.memberCluster, { name })));
  }
  const found = await listObjects(hub, kinds.memberCluster, { labelSelector: selector });
  if (found.length === 0) throw new CommandError(exitCodes.notFound, `No member has the labels ${selector}.`);
  return found;
}
