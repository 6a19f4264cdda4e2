/** Tables of `flotilla get`: columns, widths, and rows that come later. */
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { KubernetesObject } from '../../../../api/meta.ts';
import { humanDuration } from '../../../../cli/get/ages.ts';
import { printerFor } from '../../../../cli/get/printer.ts';
import { understand, type GetOptions } from '../../../../cli/get/request.ts';
import { formatTable } from '../../../../cli/table.ts';
import { withCordon } from '../../../../domain/members/cordon.ts';
import { parseJson } from '../../../../kube/json.ts';
import { approvalRequest, at, awaitingApproval, condition, failed } from '../run/exampleRuns.ts';

async function printed(objects: KubernetesObject[], typed: string[], options: GetOptions = {}): Promise<string> {
  const [resource = '', ...names] = typed;
  const printer = await printerFor(understand(resource, names, options), () => at('60:00'));
  return printer.all(objects);
}

test('runs', async () => {
  const other = { ...failed(), metadata: { ...failed().metadata, name: 'checkout-41' } };
  expect(await printed([awaitingApproval(), other], ['runs'])).toBe(
    `NAME          PLACEMENT   SNAPSHOT   STATE              STAGE     CLUSTERS   AGE
checkout-42   checkout    42         AwaitingApproval   prod-eu   270/1000   60m
checkout-41   checkout    42         Failed             all       2/4        60m
`,
  );
});

test('runs, wide, of all namespaces', async () => {
  const inNamespace = { ...failed(), metadata: { ...failed().metadata, namespace: 'shop' } };
  const text = await printed([failed(), inNamespace], ['runs'], { output: 'wide', allNamespaces: true });
  const [header, first, second] = text.split('\n');
  expect(header).toMatch(/^NAMESPACE {3}NAME .* AGE {3}STRATEGY {3}MESSAGE$/);
  expect(first).toMatch(/^<none> {6}checkout-42 .* 60m {3}careful {4}cannot continue the ClusterStagedUpdateRun: .*$/);
  expect(second).toMatch(/^shop {8}checkout-42 /);
});

test('approvals: pending, approved, ignored', async () => {
  const approved = condition({ type: 'Approved', status: 'True', reason: 'ok', message: 'lgtm\nreally' }, '1:00');
  const requests = [
    approvalRequest('one', 'a'),
    approvalRequest('two', 'b', [approved]),
    approvalRequest('three', 'c', [{ ...approved, observedGeneration: 0 }]),
  ];
  expect(await printed(requests, ['approvals'], { output: 'wide' })).toBe(
    `NAME    RUN           STAGE   MOMENT   STATE      AGE   MESSAGE
one     checkout-42   a       after    Pending    58m
two     checkout-42   b       after    Approved   58m   lgtm really
three   checkout-42   c       after    Ignored    58m   lgtm really
`,
  );
});

test('placements and members', async () => {
  const placement = {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterResourcePlacement',
    metadata: { name: 'web', generation: 2, creationTimestamp: '2026-03-01T12:00:00Z' },
    spec: { strategy: { type: 'External' } },
    status: {
      observedResourceIndex: '3',
      placementStatuses: [{ clusterName: 'member1' }, {}],
      conditions: [
        condition(
          { type: 'ClusterResourcePlacementScheduled', status: 'False', reason: 'x', message: 'too few' },
          '1:00',
        ),
      ],
    },
  };
  expect(await printed([placement], ['crp'], { output: 'wide' })).toBe(
    `NAME   ROLLOUT    SNAPSHOT   SCHEDULED   AVAILABLE   CLUSTERS   AGE   POLICY    GEN   MESSAGE
web    External   3          False                   1          60m   PickAll   2     too few
`,
  );
  const member = {
    apiVersion: 'cluster.kubernetes-fleet.io/v1beta1',
    kind: 'MemberCluster',
    metadata: { name: 'member1', creationTimestamp: '2026-03-01T12:00:00Z', labels: { zone: 'a' } },
    spec: { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] },
    status: {
      conditions: [condition({ type: 'Joined', status: 'True', reason: 'x', message: '' }, '1:00')],
      agentStatus: [{ type: 'MemberAgent', lastReceivedHeartbeat: '2026-03-01T12:59:30Z' }],
    },
  };
  expect(await printed([member], ['members'], { output: 'wide' })).toBe(
    `NAME      JOINED   HEALTHY   LAST-SEEN   NODES   FREE-CPU   FREE-MEMORY   AGE   CPU   MEMORY   TAINTS               LABELS
member1   True               30s                                          60m                  gpu=yes:NoSchedule   zone=a
`,
  );
  const cordoned = { ...member, spec: { taints: withCordon([], true) } };
  expect(await printed([cordoned], ['members'])).toMatch(/^member1 +True,SchedulingDisabled +30s/m);
});

test('a later row keeps to the columns above it, and widens them if it must', async () => {
  const printer = await printerFor(understand('approvals', [], {}), () => at('60:00'));
  const header = printer.all([approvalRequest('a-longer-name', 'stage')]).split('\n')[0] ?? '';
  const row = printer.one(approvalRequest('short', 'x'));
  expect(row.indexOf('checkout-42')).toBe(header.indexOf('RUN'));
  expect(row).toMatch(/^short +checkout-42 +x +after +Pending +58m\n$/);
  expect(printer.one(approvalRequest('a-name-that-is-longer-still', 'x'))).toMatch(
    /^a-name-that-is-longer-still {3}checkout-42/,
  );
});

describe('other formats', () => {
  const large = parseJson(
    '{"apiVersion":"placement.kubernetes-fleet.io/v1beta1","kind":"ClusterStagedUpdateRun","metadata":{"name":"one"},"spec":{"big":12345678901234567890,"one":1.0}}',
  ) as KubernetesObject;

  test('-o name', async () => {
    expect(await printed([awaitingApproval()], ['runs'], { output: 'name' })).toBe(
      'clusterstagedupdaterun.placement.kubernetes-fleet.io/checkout-42\n',
    );
  });

  test('-o json: a list, or the object alone if it was named; numbers as they came', async () => {
    const list = JSON.parse(await printed([failed()], ['runs'], { output: 'json' })) as Record<string, unknown>;
    expect(list).toEqual({ apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items: [failed()] });
    const alone = await printed([large], ['run', 'one'], { output: 'json' });
    expect(alone).toContain('12345678901234567890');
    expect(alone).toContain('1.0');
  });

  test('-o yaml', async () => {
    expect(parse(await printed([failed()], ['run', 'checkout-42'], { output: 'yaml' }))).toEqual(failed());
    const text = await printed([large], ['run', 'one'], { output: 'yaml' });
    expect(text).toContain('big: 12345678901234567890\n');
    expect(text).toContain('one: 1.0\n');
  });
});

test('a table as kubectl prints one', () => {
  expect(
    formatTable(
      ['NAME', 'ROLE', 'AGE'],
      [
        ['one', '', '5s'],
        ['a-longer-one', 'hub', ''],
      ],
    ),
  ).toBe('NAME           ROLE   AGE\none                   5s\na-longer-one   hub\n');
  expect(formatTable(['NAME'], [])).toBe('NAME\n');
});

// Expected values are those of the tests of k8s.io/apimachinery.
test.each([
  [0, '0s'],
  [999, '0s'],
  [119_999, '119s'],
  [120_000, '2m'],
  [121_000, '2m1s'],
  [600_000, '10m'],
  [10_800_000, '3h'],
  [10_860_000, '3h1m'],
  [28_800_000, '8h'],
  [172_800_000, '2d'],
  [176_400_000, '2d1h'],
  [691_200_000, '8d'],
  [63_072_000_000, '2y'],
  [63_158_400_000, '2y1d'],
  [252_288_000_000, '8y'],
  [-2_000, '<invalid>'],
])('%d ms is %s', (milliseconds, text) => {
  expect(humanDuration(milliseconds)).toBe(text);
});
