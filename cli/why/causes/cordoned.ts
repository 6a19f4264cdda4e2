/** A cluster that somebody keeps new placements away from. */
import type { MemberCluster } from '../../../api/types/membercluster.ts';
import { cordonTaint, isCordoned } from '../../../domain/members/cordon.ts';
import { ownCommand } from '../../calledAs.ts';
import type { WhyFacts } from '../facts.ts';
import type { Finding } from '../finding.ts';

export function cordoned({ subject }: Pick<WhyFacts, 'subject'>, member: MemberCluster): Finding | undefined {
  if (!isCordoned(member)) return undefined;
  const { key, value, effect } = cordonTaint;
  return {
    cause: 'cordoned',
    what: `${subject} takes no new placements, because it is cordoned`,
    rule: `it has the taint ${key}=${value}:${effect}; what is there stays`,
    frees: 'placements come again after',
    command: ownCommand(`uncordon ${member.metadata.name}`),
  };
}
