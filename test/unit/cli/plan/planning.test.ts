import { describe, expect, test } from '@jest/globals';
import { runConditions } from '../../../../api/runConditions.ts';
import type { ClusterStagedUpdateRun } from '../../../../api/types/clusterstagedupdaterun.ts';
import { estimatePlan, wavesOf } from '../../../../cli/plan/estimate.ts';
import { planFacts, type PlannedRun } from '../../../../cli/plan/planning.ts';
import { memberTrouble, otherRuns, remarksOnHub } from '../../../../cli/plan/surroundings.ts';
import { condition, member, now, placement, scheduled } from '../../domain/objects.ts';
import { cluster, clusters, condition as runCondition, doneStage, initialized, run } from '../run/exampleRuns.ts';
import { canary, facts, newRun, snapshot, staging } from './world.ts';

function stagesOf({ plan }: PlannedRun): [string, string[]][] {
  return (plan?.stages ?? []).map((stage) => [stage.name, stage.clusters.map(({ name }) => name)]);
}

const stages = [
  ['staging', ['member2']],
  ['canary', ['member1', 'member3']],
];

describe('planFacts', () => {
  test('plans as the run itself would', () => {
    const planned = planFacts(facts());
    expect(stagesOf(planned)).toEqual(stages);
    expect(planned).toMatchObject({ snapshotKnown: true, problems: [] });
    expect(planned.plan?.resourceSnapshot.index).toBe('1');
  });

  test('a run without an index is planned with the latest snapshot', () => {
    const { plan } = planFacts(facts({ run: newRun({ resourceSnapshotIndex: undefined }) }));
    expect(plan?.resourceSnapshot).toMatchObject({ index: '1', name: 'example-placement-1-snapshot' });
  });

  test('selectors that cannot be evaluated stop only a run without an index', () => {
    const fault = condition('ClusterResourcePlacementScheduled', 'False', {
      reason: 'InvalidResourceSelectors',
      message: 'a selector is wrong',
    });
    const wrong = { ...placement(), status: { conditions: [fault] } };
    const run = newRun({ resourceSnapshotIndex: '' });
    expect(planFacts(facts({ placement: wrong, run })).problems).toEqual(['a selector is wrong']);
    expect(planFacts(facts({ placement: wrong })).problems).toEqual([]);
  });

  test('names everything that is wrong, not only the first, in short', () => {
    const planned = planFacts(
      facts({
        placement: { ...placement(), spec: { ...placement().spec, strategy: { type: 'RollingUpdate' } } },
        strategy: undefined,
        run: newRun({ resourceSnapshotIndex: '7' }),
        missing: { strategy: 'There is no ClusterStagedUpdateStrategy careful on the hub; did you mean careful-2?' },
      }),
    );
    expect(planned.problems).toEqual([
      'there is no ClusterStagedUpdateStrategy careful on the hub; did you mean careful-2?',
      'parent clusterResourcePlacement does not have an external rollout strategy, current strategy: RollingUpdate',
      'no clusterResourceSnapshots with index `7` found for clusterResourcePlacement `example-placement`',
    ]);
    expect(planned.plan).toBeUndefined();
  });

  test('shows the stages even where the snapshot is missing', () => {
    const planned = planFacts(facts({ run: newRun({ resourceSnapshotIndex: '7' }) }));
    expect(stagesOf(planned)).toEqual(stages);
    expect(planned.snapshotKnown).toBe(false);
    expect(planned.problems).toHaveLength(1);
  });

  test('a snapshot that may still come is waited for', () => {
    expect(planFacts(facts({ run: newRun({ resourceSnapshotIndex: '2' }) })).problems).toEqual([
      'it would wait: resource snapshot 2 of placement example-placement has not been taken yet',
    ]);
  });

  test.each([
    [
      'in no stage',
      [staging],
      'some clusters are not placed in any stage, total 2, showing up to 10: member1, member3',
    ],
    [
      'in two stages',
      [staging, { name: 'all', labelSelector: {} }],
      'cluster `member2` appears in more than one stages',
    ],
  ])('clusters %s', (_, wrong, message) => {
    const planned = planFacts(facts({}, wrong));
    expect(planned).toEqual({ snapshotKnown: false, problems: [message] });
  });

  test('names that the hub does not know are told once, with what may be meant', () => {
    const missing = {
      placement: 'There is no ClusterResourcePlacement web on the hub; there is none at all.',
      strategy: 'There is no ClusterStagedUpdateStrategy careful on the hub; there is none at all.',
    };
    const { problems } = planFacts(facts({ placement: undefined, strategy: undefined, missing }));
    expect(problems).toEqual([
      'there is no ClusterResourcePlacement web on the hub; there is none at all',
      'there is no ClusterStagedUpdateStrategy careful on the hub; there is none at all',
    ]);
  });

  test('a placement that has no clusters yet is waited for', () => {
    const { problems } = planFacts(facts({ policySnapshots: [] }));
    expect(problems).toEqual(['it would wait: placement example-placement has not been scheduled yet']);
  });

  test('in a namespace the texts are those of that scope', () => {
    const { metadata, ...rest } = newRun();
    const namespaced = { ...rest, metadata: { ...metadata, namespace: 'shop' } };
    const { problems } = planFacts(facts({ run: namespaced, strategy: undefined }));
    expect(problems).toEqual(['referenced updateStrategy not found: `shop/careful`']);
  });
});

describe('otherRuns', () => {
  function other(
    name: string,
    index: string,
    state?: ClusterStagedUpdateRun['spec']['state'],
    ended = false,
  ): ClusterStagedUpdateRun {
    const run = newRun({ resourceSnapshotIndex: index, ...(state && { state }) }, name);
    const conditions = ended ? [runCondition(runConditions.succeeded(), '1:00')] : [];
    return { ...run, status: { conditions } };
  }

  test('one that is under way with another revision would be displaced', () => {
    expect(otherRuns({ run: newRun(), runs: [other('web-0', '0')] }, '1')).toEqual({
      problems: [
        'csur/web-0 is under way with revision 0: this run would take its clusters over, and it would fail; ' +
          'let it end, or stop it with flotilla rollout pause csur/web-0',
      ],
      notes: [],
    });
  });

  test('those that wait are noted; those that have ended, bring the same or are this one say nothing', () => {
    const runs = [
      other('paused', '0', 'Stop'),
      other('planned', '0', 'Initialize'),
      other('ended', '0', 'Run', true),
      other('same', '1'),
      other('web-1', '0'),
      { ...other('going', '0'), metadata: { name: 'going', deletionTimestamp: now } },
    ];
    expect(otherRuns({ run: newRun(), runs }, '1')).toEqual({
      problems: [],
      notes: [
        'csur/paused is paused with revision 0; it fails when it goes on after this run',
        'csur/planned is planned with revision 0 and not begun; if it begins later, this run has its clusters',
      ],
    });
  });
});

describe('memberTrouble', () => {
  const agent = (healthy: 'True' | 'False', joined: 'True' | 'False' = 'True'): ReturnType<typeof member> =>
    member('member1', {
      status: {
        agentStatus: [
          {
            type: 'MemberAgent',
            conditions: [
              condition('Joined', joined),
              condition('Healthy', healthy, { message: 'Its API server is not ready.' }),
            ],
          },
        ],
      },
    });

  test('what the hub last saw of it', () => {
    expect(memberTrouble(agent('True'))).toBeUndefined();
    expect(memberTrouble(agent('False'))).toBe('Its API server is not ready');
    expect(memberTrouble(agent('True', 'False'))).toBe('it has not joined the fleet yet');
    expect(memberTrouble(member('member1', { metadata: { name: 'member1', deletionTimestamp: now } }))).toBe(
      'it is leaving the fleet',
    );
  });
});

test('what the hub says of the run, and that nobody would carry it out', () => {
  const answer = { taken: false, why: 'the hub refuses csur/web-1: no' } as const;
  expect(remarksOnHub({ answer, worker: { state: 'missing' }, run: newRun({ state: 'Initialize' }) })).toEqual({
    problems: ['the hub refuses csur/web-1: no'],
    notes: [
      'no worker is running: the run begins when one does',
      'state Initialize only plans the run: it begins with state Run',
    ],
  });
});

describe('how long it takes', () => {
  const planned = (stage = canary): NonNullable<PlannedRun['plan']> => {
    const { plan } = planFacts(facts({}, [staging, stage]));
    if (plan === undefined) throw new Error('There is no plan.');
    return plan;
  };
  /** Both clusters took half a minute. */
  const past = run([initialized], [doneStage('all', clusters('c', 2, 2))]);

  test('waits, turns of clusters, and approvals', () => {
    expect(estimatePlan(planned(), [past])).toEqual({
      total: 60_000 + 3 * 30_000,
      perCluster: 30_000,
      waits: 60_000,
      approvals: 1,
      clustersSeen: 2,
    });
    const wide = estimatePlan(planned({ ...canary, maxConcurrency: '100%' }), [past]);
    expect(wide.total).toBe(60_000 + 2 * 30_000);
  });

  test('is not guessed where no run has updated a cluster; clusters that failed say nothing', () => {
    const failed = run([initialized], [doneStage('all', [cluster('c', '0:10', '0:40', 'It went wrong.')])]);
    expect(estimatePlan(planned(), [failed])).toEqual({ waits: 60_000, approvals: 1, clustersSeen: 0 });
  });

  test('counts the removals as one more turn', () => {
    const { bindings } = scheduled(placement(), ['member4']);
    const gone = bindings.map((one) => ({ ...one, spec: { ...one.spec, state: 'Unscheduled' as const } }));
    const { plan } = planFacts(facts({ bindings: [...facts().bindings, ...gone] }));
    expect(plan?.removals.map(({ name }) => name)).toEqual(['member4']);
    expect(plan && estimatePlan(plan, [past]).total).toBe(60_000 + 4 * 30_000);
  });

  test('waves have the clusters in their order', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, binding: name }));
    const stage = { name: 'all', clusters: many, maxConcurrency: 2, beforeTasks: [], afterTasks: [] };
    expect(wavesOf(stage)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(wavesOf({ ...stage, clusters: [] })).toEqual([]);
  });
});

test('a snapshot whose parts are missing is none to plan with', () => {
  const orphan = snapshot(2, []);
  delete orphan.metadata.annotations;
  const { problems } = planFacts(
    facts({ resourceSnapshots: [...facts().resourceSnapshots, orphan], run: newRun({ resourceSnapshotIndex: '2' }) }),
  );
  expect(problems[0]).toContain('no master clusterResourceSnapshot found');
});
