/** What a real API server says to placements: the documents' examples, selectors, and where the status goes. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApiServer, type ApiServer } from '../support/apiServer.ts';
import { kubectlOn, tryKubectl } from '../support/apiServerKubectl.ts';

const root = path.join(import.meta.dirname, '../..');
const examples = path.join(root, 'examples/placements');

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer();
  await kubectlOn(server, ['apply', '-f', path.join(root, 'api/crds')]);
  await kubectlOn(server, ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
}, 120_000);

afterAll(async () => {
  await (server as ApiServer | undefined)?.stop();
});

/** What kubectl says when the API server refuses the object. */
async function refusal(manifest: string, ...options: string[]): Promise<string> {
  const { code, stderr } = await tryKubectl(server, ['create', '-f', '-', ...options], manifest);
  expect(code).toBe(1);
  return stderr;
}

function placement(spec: object, name = 'refused', kind = 'ClusterResourcePlacement'): string {
  const namespace = kind === 'ResourcePlacement' ? { namespace: 'default' } : {};
  return JSON.stringify({
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind,
    metadata: { name, ...namespace },
    spec,
  });
}

async function create(manifest: string): Promise<void> {
  await kubectlOn(server, ['create', '-f', '-'], manifest);
}

async function refusedPatch(name: string, spec: object): Promise<string> {
  const patch = JSON.stringify({ spec });
  const { code, stderr } = await tryKubectl(server, ['patch', 'crp', name, '--type=merge', '-p', patch]);
  expect(code).toBe(1);
  return stderr;
}

const selector = (more: object = {}) => ({ group: '', version: 'v1', kind: 'Namespace', name: 'shop', ...more });
const withSelectors = selector({ selectionScope: 'NamespaceWithResourceSelectors' });
const configMaps = { group: '', version: 'v1', kind: 'ConfigMap' };

describe("the documents' examples", () => {
  test.each(readdirSync(examples))('examples/placements/%s is accepted', async (file) => {
    await kubectlOn(server, ['create', '-f', path.join(examples, file)]);
  });

  /** As printed, but for the ellipsis in place of the selectors. */
  const asPrinted = (policy: string) => `
apiVersion: placement.kubernetes-fleet.io/v1beta1
kind: ClusterResourcePlacement
metadata:
  name: crp
spec:
  resourceSelectors:
    - {group: "", kind: Namespace, name: test-deployment, version: v1}
  policy:
    placementType: PickN
${policy}`;

  test('K11: preferences as a map and a label with a number are refused, with the place and what belongs there', async () => {
    const printed = asPrinted(`
    numberOfClusters: 3
    affinity:
        clusterAffinity:
            preferredDuringSchedulingIgnoredDuringExecution:
              weight: 20
              preference:
              - labelSelector:
                  matchLabels:
                    critical-level: 1
            requiredDuringSchedulingIgnoredDuringExecution:
                clusterSelectorTerms:
                - labelSelector:
                    matchLabels:
                      critical-allowed: "true"
`);
    // kubectl asks for fields that do not exist before anything else is looked at; who does not ask is told the type.
    const preferred = 'spec.policy.affinity.clusterAffinity.preferredDuringSchedulingIgnoredDuringExecution';
    expect(await refusal(printed)).toContain(`unknown field "${preferred}.weight"`);
    expect(await refusal(printed, '--validate=ignore')).toContain(
      `${preferred} in body must be of type array: "object"`,
    );
    const corrected = await refusal(
      asPrinted(`
    numberOfClusters: 3
    affinity:
        clusterAffinity:
            preferredDuringSchedulingIgnoredDuringExecution:
              - weight: 20
                preference:
                  labelSelector:
                    matchLabels:
                      critical-level: 1
`),
    );
    expect(corrected).toContain('matchLabels.critical-level in body must be of type string: "integer"');
  });

  test('K13: PickN without a number of clusters is refused', async () => {
    const text = await refusal(
      asPrinted(`
    topologySpreadConstraints:
    - maxSkew: 2
      topologyKey: region
      whenUnsatisfiable: DoNotSchedule
    - maxSkew: 2
      topologyKey: updateDay
      whenUnsatisfiable: ScheduleAnyway
`),
    );
    expect(text).toContain('clusterNames cannot be set and numberOfClusters must be set when placementType is PickN');
  });
});

describe('selectors', () => {
  test.each<[string, object[], string]>([
    [
      'two namespaces whose objects are selected one by one',
      [withSelectors, { ...withSelectors, name: 'other' }],
      'only one namespace selector with NamespaceWithResourceSelectors mode is allowed',
    ],
    [
      'such a namespace by labels',
      [{ ...withSelectors, name: undefined, labelSelector: { matchLabels: { team: 'shop' } } }],
      'namespace selector with NamespaceWithResourceSelectors mode must select by name (not by label)',
    ],
    [
      'such a namespace without a name',
      [{ ...withSelectors, name: '' }],
      'namespace selector with NamespaceWithResourceSelectors mode must select by name (not by label)',
    ],
    [
      'such a namespace beside another one',
      [withSelectors, configMaps, selector({ name: 'other', selectionScope: 'NamespaceOnly' })],
      'when using NamespaceWithResourceSelectors mode, only one namespace selector is allowed (cannot mix with other namespace selectors)',
    ],
    [
      'another scope',
      [selector({ selectionScope: 'Everything' })],
      'supported values: "NamespaceOnly", "NamespaceWithResources", "NamespaceWithResourceSelectors"',
    ],
  ])('refuse %s', async (_, resourceSelectors, text) => {
    expect(await refusal(placement({ resourceSelectors }))).toContain(text);
  });

  test('take one hundred, one namespace among them', async () => {
    const many = Array.from({ length: 99 }, (_, i) => ({ ...configMaps, name: `settings-${i}` }));
    await create(placement({ resourceSelectors: [...many, withSelectors] }, 'hundred'));
  });

  test('a kind of another group that is called Namespace is no namespace', async () => {
    const other = { group: 'example.com', version: 'v1', kind: 'Namespace' };
    await create(placement({ resourceSelectors: [other, withSelectors] }, 'namesake'));
  });
});

describe('statusReportingScope', () => {
  const accessible = { statusReportingScope: 'NamespaceAccessible' };
  const required =
    "when statusReportingScope is NamespaceAccessible, exactly one resourceSelector with kind 'Namespace' is required";
  const immutable = 'statusReportingScope is immutable';

  test('needs one namespace', async () => {
    const role = { group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'ClusterRole' };
    expect(await refusal(placement({ ...accessible, resourceSelectors: [role] }))).toContain(required);
    const two = [selector(), selector({ name: 'other' })];
    expect(await refusal(placement({ ...accessible, resourceSelectors: two }))).toContain(required);
    await create(placement({ ...accessible, resourceSelectors: [selector(), role] }, 'accessible'));
  });

  test('cannot be changed; absent is ClusterScopeOnly', async () => {
    await create(placement({ resourceSelectors: [selector()] }, 'closed'));
    expect(await refusedPatch('closed', accessible)).toContain(immutable);
    await kubectlOn(server, [
      'patch',
      'crp',
      'closed',
      '--type=merge',
      '-p',
      '{"spec":{"statusReportingScope":"ClusterScopeOnly"}}',
    ]);
    expect(await refusedPatch('accessible', { statusReportingScope: null })).toContain(immutable);
    expect(await refusedPatch('accessible', { statusReportingScope: 'ClusterScopeOnly' })).toContain(immutable);
  });

  test('is for cluster-scoped placements: others can only have ClusterScopeOnly', async () => {
    const resourceSelectors = [configMaps];
    expect(await refusal(placement({ ...accessible, resourceSelectors }, 'refused', 'ResourcePlacement'))).toContain(
      required,
    );
    const spec = { statusReportingScope: 'ClusterScopeOnly', resourceSelectors };
    await create(placement(spec, 'taken', 'ResourcePlacement'));
  });
});

test('ClusterResourcePlacementStatus: columns, and no status of its own', async () => {
  const copy = {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterResourcePlacementStatus',
    metadata: { name: 'web', namespace: 'default' },
    sourceStatus: {
      observedResourceIndex: '3',
      selectedResources: [{ version: 'v1', kind: 'Namespace', name: 'shop' }],
    },
    lastUpdatedTime: '2025-07-22T21:28:08Z',
  };
  await create(JSON.stringify(copy));
  const [header, line] = (await kubectlOn(server, ['get', 'crps', '-n', 'default'])).split('\n');
  expect(header?.split(/\s{2,}/)).toEqual(['NAME', 'RESOURCE-INDEX', 'LAST-UPDATED', 'AGE']);
  expect(line?.split(/\s{2,}/).slice(0, 3)).toEqual(['web', '3', '2025-07-22T21:28:08Z']);
  const stored = JSON.parse(await kubectlOn(server, ['get', 'crps', 'web', '-o', 'json'])) as typeof copy;
  expect(stored.sourceStatus).toEqual(copy.sourceStatus);
  const { code } = await tryKubectl(server, ['get', 'crps', 'web', '--subresource=status']);
  expect(code).toBe(1);
});

describe.each(['ClusterResourceEnvelope', 'ResourceEnvelope'])('%s', (kind) => {
  const manifest = (data: object, name = 'wrapped') =>
    JSON.stringify({ apiVersion: 'placement.kubernetes-fleet.io/v1beta1', kind, metadata: { name }, data });

  test('keeps whole manifests', async () => {
    const data = {
      'role.yaml': { apiVersion: 'v1', kind: 'Any', metadata: { name: 'a' }, spec: { deep: [1, 'two'] } },
    };
    await create(manifest(data));
    const stored = JSON.parse(await kubectlOn(server, ['get', kind, 'wrapped', '-o', 'json'])) as { data: object };
    expect(stored.data).toEqual(data);
  });

  test('holds one to fifty', async () => {
    expect(await refusal(manifest({}, 'empty'))).toContain('data in body should have at least 1 properties');
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`m-${i}`, { kind: 'Any' }]));
    expect(await refusal(manifest(many, 'many'))).toContain('must have at most 50 items');
  });
});
