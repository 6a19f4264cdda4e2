import { describe, expect, test } from '@jest/globals';
import type { RolloutFacts } from '../../../../domain/rollouts/facts.ts';
import { handOver, initialState, type RolloutState } from '../../../../domain/rollouts/state.ts';
import { viewRollout } from '../../../../domain/rollouts/view.ts';
import { advance, begin, type RolloutStep } from '../../../../domain/rollouts/walk.ts';
import { cluster, facts, latest, leaving, older, unplaced } from './facts.ts';

/** A rolling update that has looked and seen `known`. */
function begun(known: RolloutFacts): { state: RolloutState; steps: RolloutStep[] } {
  const state = initialState();
  expect(begin(state)).toEqual([{ do: 'look' }]);
  return { state, steps: advance(state, { type: 'looked', facts: known, at: 0 }) };
}

function updateStep(name: string, target = latest): RolloutStep {
  return { do: 'updateCluster', cluster: name, binding: `p-${name}`, target };
}

describe('from beginning to end', () => {
  test('ends at once when there is nothing to do', () => {
    expect(begun(facts([], { settled: 3 })).steps).toEqual([{ do: 'end' }]);
  });

  test('one cluster after the other, and a look before the end', () => {
    const { state, steps } = begun(facts([cluster('a'), cluster('b')]));
    expect(steps).toEqual([updateStep('a')]);
    expect(advance(state, { type: 'clusterUpdated', cluster: 'a', at: 1 })).toEqual([updateStep('b')]);
    expect(advance(state, { type: 'clusterUpdated', cluster: 'b', at: 2 })).toEqual([{ do: 'look' }]);
    const all = facts([], { settled: 2 });
    expect(advance(state, { type: 'looked', facts: all, at: 3 })).toEqual([{ do: 'end' }]);
    expect(advance(state, { type: 'hubChanged', at: 4 })).toEqual([]);
  });

  test('waits out the period after each cluster that nobody can observe', () => {
    const { state } = begun(facts([cluster('a'), cluster('b')]));
    const updated = advance(state, {
      type: 'clusterUpdated',
      cluster: 'a',
      available: { since: 1_000, observed: false },
      at: 1_500,
    });
    expect(updated).toEqual([{ do: 'wait', until: 61_000 }]);
    expect(viewRollout(state, 1_500)).toMatchObject({ done: 1, waiting: [{ cluster: 'b', ends: 'time' }] });
    expect(advance(state, { type: 'woken', at: 61_000 })).toEqual([updateStep('b')]);
  });

  test('does not wait for the last one', () => {
    const { state } = begun(facts([cluster('a')]));
    const updated = advance(state, {
      type: 'clusterUpdated',
      cluster: 'a',
      available: { since: 0, observed: false },
      at: 1,
    });
    expect(updated).toEqual([{ do: 'look' }]);
    const seen = cluster('a', { atTarget: true, reached: true, countsFrom: 60_000 });
    expect(advance(state, { type: 'looked', facts: facts([seen]), at: 2 })).toEqual([{ do: 'end' }]);
  });

  test('stays alive while it is blocked, and says why', () => {
    const limits = { maxUnavailable: 0, maxSurge: 0, unavailableMs: 0, pause: 'unobserved' as const };
    const { state, steps } = begun(facts([cluster('a')], { limits }));
    expect(steps).toEqual([]);
    expect(viewRollout(state, 0).waiting).toMatchObject([{ cluster: 'a', reason: 'budget', ends: 'hub' }]);
    expect(advance(state, { type: 'hubChanged', at: 1 })).toEqual([{ do: 'look' }]);
  });

  test('looks after the removal of a cluster that was chosen: only the hub knows what is wanted there now', () => {
    const evicted = cluster('a', { deleting: true });
    const { state, steps } = begun(facts([evicted, cluster('b', { health: 'failed' })]));
    expect(steps).toEqual([{ do: 'removeCluster', cluster: 'a', binding: 'p-a' }, updateStep('b')]);
    expect(advance(state, { type: 'clusterRemoved', cluster: 'a', at: 1 })).toEqual([{ do: 'look' }]);
  });

  test('ends while a snapshot is missing: its creation starts another', () => {
    expect(begun(facts([unplaced('a')], { target: undefined })).steps).toEqual([{ do: 'end' }]);
  });
});

describe('looks', () => {
  test('nothing starts while one is on its way', () => {
    const { state } = begun(facts([cluster('a'), cluster('b')]));
    expect(advance(state, { type: 'hubChanged', at: 1 })).toEqual([{ do: 'look' }]);
    expect(advance(state, { type: 'hubChanged', at: 2 })).toEqual([]);
    expect(advance(state, { type: 'clusterUpdated', cluster: 'a', at: 3 })).toEqual([]);
    const known = facts([cluster('a'), cluster('b')]);
    // What ended meanwhile holds against facts that do not know it; what changed meanwhile is looked at as well.
    expect(advance(state, { type: 'looked', facts: known, at: 4 })).toEqual([updateStep('b'), { do: 'look' }]);
  });

  test('the same facts again start nothing', () => {
    const known = facts([cluster('a'), cluster('b'), leaving('c')]);
    const { state } = begun(known);
    advance(state, { type: 'hubChanged', at: 1 });
    expect(advance(state, { type: 'looked', facts: known, at: 2 })).toEqual([]);
  });

  test('work that ends well without effect is tried again later and later', () => {
    const known = facts([cluster('a')]);
    const { state } = begun(known);
    const pauses: number[] = [];
    for (let now = 0; pauses.length < 11;) {
      advance(state, { type: 'clusterUpdated', cluster: 'a', at: now });
      const [wait] = advance(state, { type: 'looked', facts: known, at: now });
      if (wait?.do !== 'wait') throw new Error('It does not wait.');
      pauses.push(wait.until - now);
      now = wait.until;
      expect(advance(state, { type: 'woken', at: now })).toEqual([updateStep('a')]);
    }
    expect(pauses.slice(0, 3)).toEqual([1_000, 2_000, 4_000]);
    expect(pauses.slice(8)).toEqual([256_000, 300_000, 300_000]);
  });

  test('nothing starts on facts that are known to be old', () => {
    const state = initialState(undefined, 1);
    begin(state);
    const known = facts([unplaced('a'), unplaced('b')]);
    expect(advance(state, { type: 'looked', facts: known, at: 0 })).toEqual([updateStep('a')]);
    const failed = advance(state, { type: 'clusterFailed', cluster: 'a', message: 'The binding is gone.', at: 1 });
    expect(failed).toEqual([{ do: 'look' }]);
  });

  test('pauses begin anew once the work has succeeded', () => {
    const known = facts([cluster('a')]);
    const { state } = begun(known);
    advance(state, { type: 'clusterFailed', cluster: 'a', message: 'It did not work.', at: 0 });
    advance(state, { type: 'looked', facts: known, at: 0 });
    expect([...state.retries.keys()]).toEqual(['a']);
    advance(state, { type: 'hubChanged', at: 1 });
    advance(state, { type: 'looked', facts: facts([cluster('b')], { settled: 1 }), at: 1 });
    expect(state.retries.size).toBe(0);
  });

  test('failed work is looked after at once and tried again after a pause', () => {
    const { state } = begun(facts([cluster('a')]));
    const failed = advance(state, { type: 'clusterFailed', cluster: 'a', message: 'The binding is gone.', at: 5 });
    expect(failed).toEqual([{ do: 'look' }]);
    const steps = advance(state, { type: 'looked', facts: facts([cluster('a')]), at: 6 });
    expect(steps).toEqual([{ do: 'wait', until: 1_005 }]);
    const [waiting] = viewRollout(state, 6).waiting;
    expect(waiting?.message).toBe('The binding is gone. It is tried again at 1970-01-01T00:00:01Z.');
  });
});

describe('a change on the way', () => {
  test('a newer snapshot takes over a cluster in work, which keeps its slot', () => {
    const { state } = begun(facts([cluster('a'), cluster('b')], { target: older }));
    advance(state, { type: 'hubChanged', at: 1 });
    const known = facts([cluster('a', { health: 'unavailable' }), cluster('b')]);
    expect(advance(state, { type: 'looked', facts: known, at: 2 })).toEqual([{ do: 'interrupt', cluster: 'a' }]);
    expect(advance(state, { type: 'clusterInterrupted', cluster: 'a', at: 3 })).toEqual([{ do: 'look' }]);
    expect(advance(state, { type: 'looked', facts: known, at: 4 })).toEqual([updateStep('a')]);
  });

  test('a cluster that ends before it hears of the interruption is done, for what it was', () => {
    const { state } = begun(facts([cluster('a')], { target: older }));
    advance(state, { type: 'hubChanged', at: 1 });
    advance(state, { type: 'looked', facts: facts([cluster('a', { health: 'unavailable' })]), at: 2 });
    expect(advance(state, { type: 'clusterUpdated', cluster: 'a', at: 3 })).toEqual([updateStep('a')]);
  });

  test('to External and back: what is in work ends, then nothing more; then it goes on', () => {
    const known = facts([cluster('a'), cluster('b')]);
    const { state } = begun(known);
    advance(state, { type: 'hubChanged', at: 1 });
    expect(advance(state, { type: 'looked', facts: { ...known, mode: 'external' }, at: 2 })).toEqual([]);
    expect(advance(state, { type: 'clusterUpdated', cluster: 'a', at: 3 })).toEqual([{ do: 'look' }]);
    const back = facts([cluster('b')], { settled: 1 });
    expect(advance(state, { type: 'looked', facts: back, at: 4 })).toEqual([updateStep('b')]);
  });

  test('to External: ends when nothing is in work any more', () => {
    const known = facts([cluster('a'), cluster('b')], { mode: 'external' });
    expect(begun(known).steps).toEqual([{ do: 'end' }]);
  });
});

test('another execution takes up what was in hand, and looks', () => {
  const { state } = begun(facts([cluster('a'), leaving('b')]));
  const next = initialState(handOver(state));
  expect(begin(next)).toEqual([{ do: 'removeCluster', cluster: 'b', binding: 'p-b' }, updateStep('a'), { do: 'look' }]);
});

test('trouble is told as long as it lasts', () => {
  const { state } = begun(facts([cluster('a')]));
  const trouble = { type: 'clusterTrouble', cluster: 'a', since: '2026-01-01T00:00:00Z' } as const;
  advance(state, { ...trouble, reason: 'It does not answer.', at: 1 });
  expect(viewRollout(state, 1).working).toEqual([
    { cluster: 'a', does: 'update', trouble: { reason: 'It does not answer.', since: '2026-01-01T00:00:00Z' } },
  ]);
  advance(state, { ...trouble, reason: '', at: 2 });
  expect(viewRollout(state, 2).working).toEqual([{ cluster: 'a', does: 'update' }]);
  advance(state, { ...trouble, cluster: 'unknown', reason: 'It comes too late.', at: 3 });
});
