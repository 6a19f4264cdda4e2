import { expect, test } from '@jest/globals';
import type { Target } from '../../../../cli/rollout/target.ts';
import { chooseSubject } from '../../../../cli/why/subject.ts';
import { memberHeld } from '../../../../cli/why/causes/removalHeld.ts';
import { agentConditions } from '../../../../api/conditions.ts';
import { member, now } from '../../domain/objects.ts';
import { at, runFacts } from './objects.ts';

const targets: Target[] = [
  { kind: 'run', reference: { name: 'web' } },
  { kind: 'placement', reference: { name: 'web' } },
  { kind: 'run', reference: { name: 'web', namespace: 'shop' } },
  { kind: 'cluster', reference: { name: 'member1' } },
];

test('a name that only one object has', () => {
  expect(chooseSubject('member1', undefined, targets)).toBe(targets[3]);
  expect(chooseSubject('web', 'shop', targets)).toBe(targets[2]);
});

test('a name that several have is answered with the forms', () => {
  expect(() => chooseSubject('web', undefined, targets)).toThrow(
    'Several are called web: say which with csur/web or crp/web or sur/shop/web.',
  );
});

test('a name that none has is answered with the nearest', () => {
  expect(() => chooseSubject('membr1', undefined, targets)).toThrow('did you mean member1?');
});

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
