import { expect, test } from '@jest/globals';
import type { Condition } from '../../../../api/meta.ts';
import type { MemberCluster } from '../../../../api/types/membercluster.ts';
import { reasonNotEligible } from '../../../../domain/scheduling/eligibility.ts';
import { condition, member, now, nowMs } from '../objects.ts';

const joined = condition('Joined', 'True');
const sevenMinutesAgo = '2025-07-22T21:23:00Z';
const oneMinuteAgo = '2025-07-22T21:29:00Z';
const connected = 'cluster is not connected to the fleet: ';

test.each<[description: string, cluster: MemberCluster, reason: string | undefined]>([
  ['joined and healthy', member('a'), undefined],
  ['leaving', member('a', { metadata: { name: 'a', deletionTimestamp: now } }), 'cluster has left the fleet'],
  ['never seen', member('a', { status: {} }), `${connected}member agent not online yet`],
  [
    'seen, but never alive',
    member('a', { status: { agentStatus: [{ type: 'MemberAgent', conditions: [joined] }] } }),
    `${connected}member agent not online yet`,
  ],
  [
    'silent',
    agent([joined, condition('Healthy', 'True')], sevenMinutesAgo),
    `${connected}no recent heartbeat signals (last received 7.00 minutes ago)`,
  ],
  ['silent for a moment', agent([joined, condition('Healthy', 'True')], oneMinuteAgo), undefined],
  ['not joined', agent([condition('Joined', 'Unknown')]), `${connected}member agent not joined yet`],
  ['of unknown health', agent([joined]), `${connected}health condition from member agent is not available`],
  ['unhealthy for a moment', agent([joined, unhealthySince(oneMinuteAgo)]), undefined],
  [
    'unhealthy for long',
    agent([joined, unhealthySince(sevenMinutesAgo)]),
    `${connected}unhealthy for a prolonged period of time (last transitioned 7.00 minutes ago)`,
  ],
])('a cluster that is %s', (_description, cluster, reason) => {
  expect(reasonNotEligible(cluster, nowMs)).toBe(reason);
});

test('a cluster is not silent as long as nobody could have heard it', () => {
  const silent = agent([joined, condition('Healthy', 'True')], sevenMinutesAgo);
  expect(reasonNotEligible(silent, nowMs, nowMs - 60_000)).toBeUndefined();
  expect(reasonNotEligible(silent, nowMs, nowMs - 6 * 60_000)).toBe(
    `${connected}no recent heartbeat signals (last received 7.00 minutes ago)`,
  );
});

function agent(conditions: Condition[], lastReceivedHeartbeat = now): MemberCluster {
  return member('a', { status: { agentStatus: [{ type: 'MemberAgent', conditions, lastReceivedHeartbeat }] } });
}

function unhealthySince(lastTransitionTime: string): Condition {
  return condition('Healthy', 'False', { lastTransitionTime });
}
