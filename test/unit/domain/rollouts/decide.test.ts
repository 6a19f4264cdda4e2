import { describe, expect, test } from '@jest/globals';
import { decide, type Decision } from '../../../../domain/rollouts/decide.ts';
import type { RolloutFacts } from '../../../../domain/rollouts/facts.ts';
import { workKey, type RolloutState } from '../../../../domain/rollouts/state.ts';
import { cluster, facts, inHand, latest, leaving, older, removal, stateOf, unplaced, update } from './facts.ts';

const now = Date.parse('2026-01-01T00:00:00Z');

function decideOn(known: RolloutFacts, more: Partial<RolloutState> = {}): Decision {
  return decide(stateOf(known, more), now);
}

/** `a b, -c`: what starts, a removal with a minus; and who waits why. */
function summary({ start, waiting }: Decision): { start: string; waits: Record<string, string> } {
  return {
    start: start.map((work) => (work.kind === 'update' ? work.cluster : `-${work.cluster}`)).join(' '),
    waits: Object.fromEntries(waiting.map(({ cluster: name, reason, ends }) => [name, `${reason} ${ends}`])),
  };
}

describe('first placement', () => {
  test('all clusters at once, whatever may be unavailable', () => {
    const known = facts(['a', 'b', 'c', 'd'].map(unplaced));
    expect(decideOn(known).start).toEqual(['a', 'b', 'c', 'd'].map((name) => update(name)));
  });

  test('no more at a time than can be worked on', () => {
    const decision = decideOn(facts(['a', 'b', 'c'].map(unplaced)), { limit: 2 });
    expect(summary(decision)).toEqual({ start: 'a b', waits: { c: 'limit cluster' } });
  });

  test('without a snapshot nothing can be placed', () => {
    const decision = decideOn(facts([unplaced('a')], { target: undefined }));
    expect(summary(decision)).toEqual({ start: '', waits: { a: 'snapshot hub' } });
  });
});

describe('the budget', () => {
  test('as many clusters are updated as may be unavailable', () => {
    const decision = decideOn(facts([cluster('a'), cluster('b'), cluster('c')]));
    expect(summary(decision)).toEqual({ start: 'a', waits: { b: 'budget cluster', c: 'budget cluster' } });
    expect(decision.waiting[0]?.message).toBe(
      '2 clusters are available, of 3 wanted, and maxUnavailable asks for more than 2 before one more is taken; ' +
        'it goes on when one in work is done.',
    );
  });

  test('a cluster in hand keeps its slot', () => {
    const decision = decideOn(facts([cluster('a'), cluster('b')]), { inHand: inHand(update('a')) });
    expect(summary(decision)).toEqual({ start: '', waits: { b: 'budget cluster' } });
  });

  test('a cluster that is done gives its slot to the next', () => {
    const done: RolloutState['done'] = new Map([['a', { result: 'updated', work: update('a'), duringLook: false }]]);
    expect(summary(decideOn(facts([cluster('a'), cluster('b')]), { done })).start).toBe('b');
  });

  test('too few clusters for the policy leave nothing for updates, and the sentence says what helps', () => {
    const known = facts([cluster('a'), cluster('b')], { desired: 3 });
    const decision = decideOn(known);
    expect(summary(decision)).toEqual({ start: '', waits: { a: 'budget hub', b: 'budget hub' } });
    expect(decision.waiting[0]?.message).toMatch(/: bring clusters to health or raise maxUnavailable\.$/);
  });

  test('maxUnavailable 0 updates nothing that is available', () => {
    const limits = { maxUnavailable: 0, maxSurge: 1, unavailableMs: 0, pause: 'unobserved' as const };
    expect(summary(decideOn(facts([cluster('a')], { limits })))).toEqual({ start: '', waits: { a: 'budget hub' } });
  });

  test('a cluster that the hub counts as settled, and that is in work by now, does not count', () => {
    const known = facts([cluster('a')], { settled: 2 });
    expect(summary(decideOn(known)).start).toBe('a');
    expect(summary(decideOn(known, { inHand: inHand(update('b')) })).start).toBe('');
  });

  test('clusters that are settled count', () => {
    const known = facts([cluster('a'), cluster('b', { health: 'failed' })], { settled: 3 });
    expect(summary(decideOn(known))).toEqual({ start: 'b', waits: { a: 'budget cluster' } });
  });
});

describe('clusters that are not available anyway', () => {
  test('go first, the failed ones before the others, and cost nothing', () => {
    const known = facts([
      cluster('a'),
      cluster('b', { health: 'unavailable' }),
      cluster('c', { health: 'failed' }),
      cluster('d', { health: 'failed' }),
    ]);
    expect(summary(decideOn(known))).toEqual({ start: 'c d b', waits: { a: 'budget cluster' } });
  });

  test('what was begun is brought to its end before anything else', () => {
    const known = facts([cluster('a', { health: 'failed' }), cluster('b', { atTarget: true, health: 'unavailable' })]);
    expect(summary(decideOn(known)).start).toBe('b a');
  });

  test('a cluster that has the target and is available needs nothing', () => {
    expect(decideOn(facts([cluster('a', { atTarget: true, reached: true, countsFrom: now + 1 })])).start).toEqual([]);
  });
});

describe('clusters that nobody can observe', () => {
  const settling = cluster('a', { atTarget: true, reached: true, countsFrom: now + 40_000 });

  test('keep the slot in which they were updated until they count', () => {
    const decision = decideOn(facts([settling, cluster('b')]));
    expect(summary(decision)).toEqual({ start: '', waits: { b: 'budget time' } });
    expect(decision.wakeAt).toBe(now + 40_000);
    expect(decision.waiting[0]?.message).toMatch(/; it is looked at again at 2026-01-01T00:00:40Z\.$/);
    expect(summary(decide(stateOf(facts([settling, cluster('b')])), now + 40_000)).start).toBe('b');
  });

  test('are not updated again before that', () => {
    const decision = decideOn(facts([cluster('a', { countsFrom: now + 1_000 }), cluster('b', { health: 'failed' })]));
    expect(summary(decision)).toEqual({ start: 'b', waits: { a: 'settling time' } });
    expect(decision.wakeAt).toBe(now + 1_000);
  });

  test('wake nobody when nobody waits for them', () => {
    expect(decideOn(facts([settling])).wakeAt).toBeUndefined();
  });
});

describe('a pace with two slots', () => {
  const limits = { maxUnavailable: 2, maxSurge: 2, unavailableMs: 60_000, pause: 'always' as const };
  const known = facts(
    ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => cluster(name)),
    { limits },
  );

  function at(afterMs: number, updated: Record<string, number>, working: string[] = []) {
    const done: RolloutState['done'] = new Map(
      Object.entries(updated).map(([name, doneMs]) => {
        const available = { since: now + doneMs, observed: true };
        return [name, { result: 'updated', work: update(name), duringLook: false, available }];
      }),
    );
    const state = stateOf(known, { done, inHand: inHand(...working.map((name) => update(name))) });
    const decision = decide(state, now + afterMs);
    return { start: summary(decision).start, wakeInMs: decision.wakeAt && decision.wakeAt - now };
  }

  test('begins with two clusters, and each of them keeps its own slot for the whole period', () => {
    expect(at(0, {})).toEqual({ start: 'a b', wakeInMs: undefined });
    expect(at(10_000, { a: 10_000 }, ['b'])).toEqual({ start: '', wakeInMs: 70_000 });
    expect(at(30_000, { a: 10_000, b: 30_000 })).toEqual({ start: '', wakeInMs: 70_000 });
  });

  test('goes on with one cluster for each slot that ends, never with two', () => {
    expect(at(69_999, { a: 10_000, b: 30_000 }).start).toBe('');
    expect(at(70_000, { a: 10_000, b: 30_000 })).toEqual({ start: 'c', wakeInMs: 90_000 });
    expect(at(80_000, { a: 10_000, b: 30_000 }, ['c']).start).toBe('');
    expect(at(90_000, { a: 10_000, b: 30_000 }, ['c']).start).toBe('d');
    expect(at(90_000, { a: 10_000, b: 30_000, c: 75_000 })).toEqual({ start: 'd', wakeInMs: 135_000 });
  });

  test('gives both slots away when both have ended', () => {
    expect(at(90_000, { a: 10_000, b: 30_000 }).start).toBe('c d');
  });
});

describe('removals', () => {
  test('share the budget with updates and go before them', () => {
    const known = facts([cluster('a'), cluster('b'), leaving('c')]);
    expect(summary(decideOn(known)).start).toBe('-c a');
    const limits = { maxUnavailable: 0, maxSurge: 0, unavailableMs: 0, pause: 'unobserved' as const };
    expect(summary(decideOn({ ...known, limits })).start).toBe('-c');
  });

  test('of what is not available, or was never placed, cost nothing', () => {
    const limits = { maxUnavailable: 0, maxSurge: 0, unavailableMs: 0, pause: 'unobserved' as const };
    const gone = [leaving('b', { health: 'failed' }), leaving('c', { placed: undefined, health: 'unavailable' })];
    expect(summary(decideOn(facts([cluster('a'), ...gone], { limits })))).toEqual({
      start: '-b -c',
      waits: { a: 'budget cluster' },
    });
  });

  test('that somebody has begun are finished, and their clusters do not count as available', () => {
    const deleting = cluster('b', { deleting: true });
    const known = facts([cluster('a'), deleting]);
    const retries: RolloutState['retries'] = new Map([
      ['b', { work: workKey(removal('b')), failures: 1, at: now + 1_000, reason: 'It did not work.' }],
    ]);
    expect(summary(decideOn(known)).start).toBe('-b');
    expect(summary(decideOn(known, { retries }))).toEqual({ start: '', waits: { a: 'budget time', b: 'retry time' } });
  });

  test('make room for clusters that move: no more than wanted and surge have copies', () => {
    const known = facts([unplaced('a'), unplaced('b'), leaving('c'), leaving('d')]);
    const decision = decideOn(known);
    expect(summary(decision)).toEqual({ start: '-c a', waits: { b: 'surge cluster', d: 'budget cluster' } });
    const message = decision.waiting.find(({ reason }) => reason === 'surge')?.message;
    expect(message).toBe(
      '3 clusters have copies, and maxSurge allows 3 at a time; it goes on when one in work is done.',
    );
  });

  test('clusters that have failed do not keep others from getting copies', () => {
    const known = facts([unplaced('a'), leaving('b', { health: 'failed' }), leaving('c', { health: 'failed' })]);
    expect(summary(decideOn(known)).start).toBe('-b -c a');
  });
});

describe('what is in hand', () => {
  test('is interrupted once when another target is wanted', () => {
    const known = facts([cluster('a')]);
    expect(decideOn(known, { inHand: inHand(update('a', older)) }).interrupt).toEqual(['a']);
    expect(decideOn(known, { inHand: inHand(update('a')) }).interrupt).toEqual([]);
    const told: RolloutState['inHand'] = new Map([['a', { work: update('a', older), interrupted: true }]]);
    expect(decideOn(known, { inHand: told }).interrupt).toEqual([]);
  });

  test('another apply strategy is another target', () => {
    const target = { ...latest, applyStrategy: { type: 'ServerSideApply' as const } };
    expect(decideOn(facts([cluster('a')], { target }), { inHand: inHand(update('a')) }).interrupt).toEqual(['a']);
  });

  test('is interrupted when the cluster is not wanted any more, or wanted again', () => {
    expect(decideOn(facts([leaving('a')]), { inHand: inHand(update('a')) }).interrupt).toEqual(['a']);
    expect(decideOn(facts([leaving('a')]), { inHand: inHand(removal('a')) }).interrupt).toEqual([]);
    expect(decideOn(facts([cluster('a')]), { inHand: inHand(removal('a')) }).interrupt).toEqual(['a']);
  });

  test('comes to its end when runs take over, and nothing new starts', () => {
    const known = facts([cluster('a'), cluster('b'), leaving('c')], { mode: 'external' });
    const decision = decideOn(known, { inHand: inHand(update('a', older), removal('c')) });
    expect(decision.interrupt).toEqual([]);
    expect(summary(decision)).toEqual({ start: '', waits: { b: 'external hub' } });
  });

  test('gives way to the removal of a placement that is deleted', () => {
    const known = facts([cluster('a'), cluster('b', { deleting: true })], { mode: 'remove' });
    const decision = decideOn(known, { inHand: inHand(update('a')) });
    expect(decision.interrupt).toEqual(['a']);
    expect(summary(decision).start).toBe('-b');
  });

  test('is dropped with a placement that is gone', () => {
    const known = facts([], { mode: 'gone' });
    expect(decideOn(known, { inHand: inHand(update('a'), removal('b')) }).interrupt).toEqual(['a', 'b']);
  });
});

test('work that ended badly is tried again later, other work on the cluster at once', () => {
  const retries: RolloutState['retries'] = new Map([
    ['a', { work: workKey(update('a')), failures: 1, at: now + 1_000, reason: 'It did not work.' }],
  ]);
  const decision = decideOn(facts([cluster('a')]), { retries });
  expect(summary(decision)).toEqual({ start: '', waits: { a: 'retry time' } });
  expect(decision.waiting[0]?.message).toBe('It did not work. It is tried again at 2026-01-01T00:00:01Z.');
  expect(decision.wakeAt).toBe(now + 1_000);
  expect(summary(decideOn(facts([cluster('a')], { target: older }), { retries })).start).toBe('a');
  expect(summary(decideOn(facts([leaving('a')]), { retries })).start).toBe('-a');
});
