/** Objects by their names alone, as `flotilla why` and `flotilla rollout` take them, on a real API server. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clusterKinds, kinds, namespacedKinds } from '../../api/kinds.ts';
import { apiVersionOf, type ResourceDefinition } from '../../api/meta.ts';
import { parseReference } from '../../api/references.ts';
import { exitCodes } from '../../cli/exitCodes.ts';
import { formatTarget, type TargetKind } from '../../cli/rollout/target.ts';
import { targetCalled } from '../../cli/rollout/targetCalled.ts';
import { startHub, type TestHub } from './placementsHub.ts';

const all: TargetKind[] = ['run', 'placement', 'cluster'];
const rollouts: TargetKind[] = ['run', 'placement'];
const ofRun = { placementName: 'web', stagedRolloutStrategyName: 'careful' };
const ofPlacement = {
  resourceSelectors: [{ group: '', version: 'v1', kind: 'ConfigMap', name: 'settings' }],
  policy: { placementType: 'PickAll' },
};
let hub: TestHub;

beforeAll(async () => {
  hub = await startHub();
  const identity = { kind: 'User', name: 'member1', apiGroup: 'rbac.authorization.k8s.io' };
  await make(kinds.memberCluster, 'member1', { identity });
  await make(kinds.namespace, 'shop', undefined);
  await make(kinds.namespace, 'depot', undefined);
  await Promise.all([
    make(clusterKinds.run, 'web', ofRun),
    make(clusterKinds.run, 'web-run-1', ofRun),
    make(namespacedKinds.run, 'shop/web', ofRun),
    make(namespacedKinds.run, 'shop/toys-run-1', ofRun),
    make(namespacedKinds.placement, 'depot/toys', ofPlacement),
    make(clusterKinds.placement, 'web', {
      ...ofPlacement,
      resourceSelectors: [{ group: '', version: 'v1', kind: 'Namespace', name: 'shop' }],
    }),
  ]);
}, 120_000);

afterAll(async () => {
  await (hub as TestHub | undefined)?.stop();
});

async function make(definition: ResourceDefinition, called: string, spec: object | undefined): Promise<void> {
  const { kind } = definition;
  const object = { apiVersion: apiVersionOf(definition), kind, metadata: parseReference(called) };
  await hub.client.create(definition, spec === undefined ? object : { ...object, spec });
}

/** What a name means, or the sentence and the exit code for one that means nothing. */
async function meaning(name: string, wanted: TargetKind[], namespace?: string): Promise<string> {
  try {
    return formatTarget(await targetCalled(hub.client, { name, namespace }, wanted));
  } catch (error) {
    const { exitCode, message } = error as { exitCode?: number; message: string };
    return `${String(exitCode)}: ${message}`;
  }
}

describe('a name that only one object has', () => {
  test.each([
    ['web-run-1', rollouts, undefined, 'csur/web-run-1'],
    ['toys-run-1', rollouts, undefined, 'sur/shop/toys-run-1'],
    ['toys', rollouts, undefined, 'rp/depot/toys'],
    ['member1', all, undefined, 'cluster/member1'],
    // Kinds that the command does not work on are not meant.
    ['web', ['placement'], undefined, 'crp/web'],
    ['web', all, 'shop', 'sur/shop/web'],
  ] satisfies [string, TargetKind[], string | undefined, string][])(
    '%s of %j in %s',
    async (name, wanted, namespace, target) => {
      expect(await meaning(name, wanted, namespace)).toBe(target);
    },
  );
});

test('a name that several have: all of them, as they can be typed', async () => {
  expect(await meaning('web', rollouts)).toBe(
    `${exitCodes.mistake}: Several are called web: say which with csur/web or crp/web or sur/shop/web.`,
  );
});

describe('a name that none has', () => {
  test.each([
    [
      'wep-run-1',
      rollouts,
      undefined,
      'No run or placement is called wep-run-1; did you mean web-run-1? Name it as csur/NAME, sur/NAME -n NAMESPACE, crp/NAME or rp/NAME -n NAMESPACE.',
    ],
    [
      'web-run-1',
      ['placement'],
      undefined,
      'No placement is called web-run-1; there are toys, web. Name it as crp/NAME or rp/NAME -n NAMESPACE.',
    ],
    ['toys', ['placement'], 'shop', 'No placement is called toys in namespace shop; did you mean rp/depot/toys?'],
    [
      'member1',
      all,
      'shop',
      'No run, placement or cluster is called member1 in namespace shop; did you mean cluster/member1?',
    ],
    ['nothing', ['placement'], 'shop', 'No placement is called nothing in namespace shop; there is none at all.'],
    // What a selector would take for something else is a part of the name.
    [
      'a,b=c',
      ['run'],
      undefined,
      'No run is called a,b=c; there are toys-run-1, web, web, web-run-1. Name it as csur/NAME or sur/NAME -n NAMESPACE.',
    ],
  ] satisfies [string, TargetKind[], string | undefined, string][])(
    '%s of %j in %s',
    async (name, wanted, namespace, sentence) => {
      expect(await meaning(name, wanted, namespace)).toBe(`${exitCodes.notFound}: ${sentence}`);
    },
  );
});
