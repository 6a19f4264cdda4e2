import { describe, expect, test } from '@jest/globals';
import type { ClaimHolder } from '../../../domain/claims.ts';
import {
  claimOf,
  covers,
  creationOf,
  formatClaim,
  holderName,
  isHeldBy,
  isSelfRemoval,
  parseClaim,
  standsAgainst,
} from '../../../domain/claims.ts';

function run(name: string, createdAt: string, uid = `uid-of-${name}`): ClaimHolder {
  return { kind: 'ClusterStagedUpdateRun', name, uid, createdAt };
}

describe('who wins', () => {
  const earlier = run('earlier', '2026-11-20T10:00:00Z');
  const later = run('later', '2026-11-20T10:00:01Z');

  test('the newer holder stands against the older, never the other way round', () => {
    expect(standsAgainst(later, earlier)).toBe(true);
    expect(standsAgainst(earlier, later)).toBe(false);
  });

  test('no claim and one of our own stand against nobody', () => {
    expect(standsAgainst(undefined, earlier)).toBe(false);
    expect(standsAgainst(claimOf(later, '2026-11-20T11:00:00Z'), later)).toBe(false);
  });

  test('of two runs of one second the one that was taken up later is the newer one', () => {
    const second = '2026-11-20T10:00:00Z';
    const first = run('a', creationOf(second, Date.parse('2026-11-20T10:00:00.200Z')), 'zzzz');
    const next = run('b', creationOf(second, Date.parse('2026-11-20T10:00:00.900Z')), 'aaaa');
    expect(standsAgainst(next, first)).toBe(true);
    expect(standsAgainst(first, next)).toBe(false);
  });

  test('a creation stays within its second, whenever the holder is taken up', () => {
    expect(creationOf('2026-11-20T10:00:00Z', Date.parse('2026-11-20T11:00:00Z'))).toBe('2026-11-20T10:00:00.999Z');
    expect(creationOf('2026-11-20T10:00:00Z', Date.parse('2026-11-20T09:00:00Z'))).toBe('2026-11-20T10:00:00.000Z');
    expect(creationOf('', 0)).toBe('');
  });

  test('of two holders of the same moment the larger uid wins, so that exactly one gives way', () => {
    const [a, b] = [run('x', later.createdAt, 'aaaa'), run('y', later.createdAt, 'bbbb')];
    expect(standsAgainst(b, a)).toBe(true);
    expect(standsAgainst(a, b)).toBe(false);
  });

  test('a placement that removes itself wins against any run, whatever the clock says', () => {
    const removal: ClaimHolder = { ...earlier, kind: 'ClusterResourcePlacement', uid: 'aaaa' };
    expect(standsAgainst(removal, later)).toBe(true);
    expect(standsAgainst(later, removal)).toBe(false);
  });

  describe('of a run and a placement that rolls out by itself', () => {
    const rolling = (strategyGeneration: number): ClaimHolder => ({
      ...run('web', '2026-11-20T09:00:00Z'),
      kind: 'ClusterResourcePlacement',
      strategyGeneration,
    });
    const seeing = (strategyGeneration?: number): ClaimHolder => ({ ...later, strategyGeneration });

    test('whoever the strategy was given to last wins', () => {
      expect(standsAgainst(rolling(3), seeing(2))).toBe(true);
      expect(standsAgainst(seeing(2), rolling(3))).toBe(false);
      expect(standsAgainst(seeing(4), rolling(3))).toBe(true);
      expect(standsAgainst(rolling(3), seeing(4))).toBe(false);
    });

    test('a run that does not know counts as the oldest, and exactly one of two equal ones gives way', () => {
      expect(standsAgainst(rolling(1), seeing())).toBe(true);
      expect(standsAgainst(seeing(), rolling(1))).toBe(false);
      expect(standsAgainst(rolling(3), seeing(3))).toBe(true);
      expect(standsAgainst(seeing(3), rolling(3))).toBe(false);
    });

    test('a claim covers what its holder has seen by then, and the removal of a placement everything before it', () => {
      const removal: ClaimHolder = { ...rolling(1), strategyGeneration: undefined };
      expect(covers(rolling(3), rolling(2))).toBe(true);
      expect(covers(rolling(2), rolling(3))).toBe(false);
      expect(covers(removal, rolling(9))).toBe(true);
      expect(covers(rolling(9), removal)).toBe(false);
      expect(covers(later, earlier)).toBe(false);
      expect([isSelfRemoval(removal), isSelfRemoval(rolling(3)), isSelfRemoval(later)]).toEqual([true, false, false]);
    });
  });

  test('times are compared as times, not as text', () => {
    const offset = run('offset', '2026-11-20T11:30:00+02:00');
    const precise = run('precise', '2026-11-20T10:00:00.500Z');
    expect(standsAgainst(earlier, offset)).toBe(true);
    expect(standsAgainst(precise, earlier)).toBe(true);
    expect(standsAgainst(later, precise)).toBe(true);
  });

  test('a holder recreated under the same name is another holder', () => {
    const recreated = run('earlier', '2026-11-20T10:05:00Z', 'another');
    expect(isHeldBy(recreated, earlier)).toBe(false);
    expect(standsAgainst(recreated, earlier)).toBe(true);
  });

  test('an unreadable creation time loses', () => {
    expect(standsAgainst(run('broken', 'yesterday'), earlier)).toBe(false);
    expect(standsAgainst(earlier, run('broken', 'yesterday'))).toBe(true);
  });
});

describe('the text of a claim', () => {
  const claim = claimOf(run('canary', '2026-11-20T10:00:00Z'), '2026-11-20T10:00:05Z');

  test('comes back as it was written', () => {
    expect(parseClaim(formatClaim(claim))).toEqual(claim);
    const rolling = { ...claim, strategyGeneration: 3 };
    expect(parseClaim(formatClaim(rolling))).toEqual(rolling);
    expect(claimOf(rolling, claim.since)).toEqual(rolling);
  });

  test.each([
    undefined,
    '',
    'canary',
    'null',
    '[]',
    '{"name":"canary"}',
    '{"kind":"","name":"","uid":"","createdAt":"","since":"","strategyGeneration":"3"}',
  ])('%j is no claim', (text) => {
    expect(parseClaim(text)).toBeUndefined();
  });

  test('names its holder as kubectl does', () => {
    expect(holderName(claim)).toBe('ClusterStagedUpdateRun/canary');
  });
});
