import { expect, test } from '@jest/globals';
import { memberHeld } from '../../../../cli/why/causes/removalHeld.ts';
import { agentConditions } from '../../../../api/conditions.ts';
import { member, now } from '../../domain/objects.ts';
import { at, runFacts } from './objects.ts';

test('a member that is leaving', () => {
  const metadata = {
    name: 'member1',
    deletionTimestamp: now,
    finalizers: ['kubernetes-fleet.io/membercluster-finalizer'],
  };
  const held = agentConditions.leaving('Placement web is still being removed.');
  const status = { agentStatus: [{ type: 'MemberAgent' as const, conditions: [at(held)] }] };
  expect(memberHeld(runFacts(), member('member1', { metadata, status }))).toMatchObject({
    cause: 'removalHeld',
    rule: 'Placement web is still being removed',
    command: 'flotilla leave member1 --unreachable',
  });
});
