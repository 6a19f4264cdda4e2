import { describe, expect, test } from '@jest/globals';
import { groupChanges, noChanges, type ClusterChanges } from '../../../../cli/plan/changes.ts';
import { planText } from '../../../../cli/plan/planText.ts';
import type { PlanReport } from '../../../../cli/plan/report.ts';

const plain = { colour: false, unicode: true, width: 80 };

function report(more: Partial<PlanReport> = {}): PlanReport {
  return {
    run: 'csur/web-2',
    placement: 'crp/web',
    strategy: 'careful',
    revision: 1,
    canRun: true,
    problems: [],
    notes: [],
    estimate: { totalSeconds: 64, waitSeconds: 60, approvals: 1, secondsPerCluster: 1.4, clustersSeen: 3 },
    stages: [
      { name: 'staging', maxConcurrency: 1, before: [], waves: [['member2']], after: ['soak 1m0s'] },
      { name: 'canary', maxConcurrency: 1, before: [], waves: [['member3'], ['member1']], after: ['approval'] },
    ],
    removals: [],
    changes: groupChanges([
      changed('member2'),
      changed('member3'),
      { cluster: 'member1', source: 'upToDate', ...noChanges },
    ]),
    next: ['flotilla run web --strategy careful --index 1', 'flotilla diff crp/web 0 1'],
    ...more,
  };
}

function changed(cluster: string, value = 'data.value'): ClusterChanges {
  return {
    cluster,
    source: 'member',
    added: ['Service web/gate'],
    changed: [{ object: 'ConfigMap web/settings', fields: [value] }],
    removed: ['ConfigMap web/old'],
  };
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${String(index + 1).padStart(4, '0')}`);
}

describe('a plan as text', () => {
  test('stages, clusters in order, gates, changes by clusters, and what to type next', () => {
    expect(planText(report(), plain)).toBe(`csur/web-2 brings revision 1 of crp/web to 3 clusters in 2 stages
can run
takes about 00:01:04 + 1 approval (1.4 s a cluster, as in the last 3 updates,
00:01:00 of it to wait)
├─ staging  1 cluster
│    member2
│    soak 1m0s
└─ canary  2 clusters, 1 at a time
     member3, member1
     approval
changes:
  member2, member3: 1 added, 1 changed, 1 removed
    + Service web/gate
    ~ ConfigMap web/settings: data.value
    - ConfigMap web/old
  member1: nothing to do, all of it is there
next: flotilla run web --strategy careful --index 1
      flotilla diff crp/web 0 1
`);
  });

  test('problems, with the clusters that they are about', () => {
    const text = planText(
      report({
        canRun: false,
        problems: [
          { message: 'the hub refuses csur/web-2: no' },
          { message: 'it is leaving the fleet', clusters: ['member1', 'member2'] },
        ],
        notes: ['no worker is running: the run begins when one does'],
        changes: [],
        next: [],
      }),
      { ...plain, unicode: false },
    );
    expect(text).toContain('cannot run as it is: 2 problems\n');
    expect(text).toContain(`problems:
  x the hub refuses csur/web-2: no
  x member1, member2: it is leaving the fleet
note: no worker is running: the run begins when one does
`);
    expect(text).toContain('`- canary  2 clusters');
  });

  test('what could not be asked of the member says so, and what could not be told at all', () => {
    const note = 'you may not read its kubeconfig on the hub';
    const text = planText(
      report({
        changes: groupChanges([
          { cluster: 'member1', source: 'snapshots', ...noChanges, added: ['Service web/gate'], note },
          { cluster: 'member2', source: 'unknown', ...noChanges },
          { cluster: 'member3', source: 'member', ...noChanges },
        ]),
      }),
      { ...plain, width: 120 },
    );
    expect(text).toContain(`  member1: 1 added, from one revision to the other (${note})\n    + Service web/gate\n`);
    expect(text).toContain('  member2: cannot be told\n  member3: no changes\n');
  });

  test('an unknown time is called so', () => {
    const estimate = { waitSeconds: 60, approvals: 0, clustersSeen: 0 };
    expect(planText(report({ estimate }), { ...plain, width: 200 })).toContain(
      'takes 00:01:00 to wait + an unknown time for the clusters (no earlier run has updated any)\n',
    );
  });

  test('a thousand clusters fit on a screen', () => {
    const clusters = names('cluster', 1000);
    const waves = Array.from({ length: 10 }, (_, index) => clusters.slice(index * 100, index * 100 + 100));
    const text = planText(
      report({
        stages: [{ name: 'all', maxConcurrency: 100, before: ['approval to begin'], waves, after: [] }],
        removals: names('former', 3),
        changes: groupChanges(clusters.map((cluster, index) => changed(cluster, index < 990 ? 'data.a' : 'data.b'))),
      }),
      plain,
    );
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBeLessThan(40);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(text).toContain('├─ all  1,000 clusters, 100 at a time, 10 waves\n│    approval to begin\n│    wave 1: ');
    expect(text).toMatch(/wave 1: cluster-0001, .* and 9\d more\n/);
    expect(text).toContain('and 5 more waves of 500 clusters\n');
    expect(text).toContain('└─ removal  3 clusters\n     former-0001, former-0002, former-0003\n');
    expect(text).toMatch(/\n {2}cluster-0001, .* and 98\d more: 1 added/);
  });

  test('many different changes, objects and fields end with their number', () => {
    const objects = names('ConfigMap web/c', 30);
    const changes = groupChanges(
      names('cluster', 15).map((cluster) => ({
        cluster,
        source: 'member' as const,
        ...noChanges,
        changed: [{ object: cluster, fields: names('data.key', 9) }],
        removed: objects,
      })),
    );
    const text = planText(report({ changes }), plain);
    expect(text).toContain('and other changes on 5 clusters\n');
    expect(text).toContain('and 11 more objects\n');
    expect(text.replaceAll(/\s+/g, ' ')).toContain('data.key-0006, 3 more fields');
  });
});

test('clusters are one group only where everything is the same', () => {
  const groups = groupChanges([changed('a'), changed('b', 'data.other'), changed('c'), { ...changed('d'), note: 'x' }]);
  expect(groups.map(({ clusters }) => clusters)).toEqual([['a', 'c'], ['b'], ['d']]);
});
