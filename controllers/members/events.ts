/** Events about members. */
import { kinds } from '../../api/kinds.ts';
import type { MemberCluster, MemberClusterStatus } from '../../api/types/membercluster.ts';
import { memberEvents, memberEventSource } from '../../domain/members/index.ts';
import { recordEvent } from '../events.ts';
import type { MemberControllerDependencies } from './dependencies.ts';

/**
 * Tells what a written status says that the one before did not. Never throws: a condition says the same, and an event is
 * not worth doing anything twice.
 * @param member with the status before
 * @param now epoch milliseconds
 */
export async function recordMemberEvents(
  { hub, log }: Pick<MemberControllerDependencies, 'hub' | 'log'>,
  member: MemberCluster,
  next: MemberClusterStatus,
  now: number,
): Promise<void> {
  const source = { definition: kinds.memberCluster, component: memberEventSource };
  for (const event of memberEvents(member.status, next)) {
    try {
      await recordEvent(hub, source, member, event, now);
    } catch (error) {
      log.warn({ err: error, member: member.metadata.name, event: event.reason }, 'Could not write an event.');
    }
  }
}
