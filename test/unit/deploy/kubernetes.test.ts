import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { kinds } from '../../../api/kinds.ts';
import type { KubernetesObject } from '../../../api/meta.ts';
import { readConfiguration, settings } from '../../../worker/configuration.ts';

interface Manifest extends KubernetesObject {
  rules?: { apiGroups?: string[]; resources?: string[]; verbs: string[] }[];
  spec?: { template?: { spec: { serviceAccountName: string; containers: Container[] } } };
}

interface Container {
  env: { name: string; value?: string }[];
}

const folder = 'deploy/kubernetes';
const { resources } = parse(readFileSync(`${folder}/kustomization.yaml`, 'utf8')) as { resources: string[] };
const manifests = resources.flatMap((file) =>
  parseAllDocuments(readFileSync(`${folder}/${file}`, 'utf8')).map((document) => document.toJS() as Manifest),
);

function only(kind: string): Manifest {
  const found = manifests.filter((manifest) => manifest.kind === kind);
  expect(found).toHaveLength(1);
  return found[0]!;
}

describe('deploy/kubernetes', () => {
  test('everything stands in the namespace where the worker looks for its Lease', () => {
    const namespace = settings.leaseNamespace.default;
    expect(only('Namespace').metadata.name).toBe(namespace);
    const namespaced = manifests.filter(({ kind }) => !/^(Namespace|ClusterRole|ClusterRoleBinding)$/.test(kind));
    for (const { metadata } of namespaced) expect(metadata.namespace).toBe(namespace);
  });

  test('the pod runs as the account that has the rights, with an environment that the worker understands', () => {
    const pod = only('Deployment').spec!.template!.spec;
    expect(pod.serviceAccountName).toBe(only('ServiceAccount').metadata.name);
    const environment = Object.fromEntries(pod.containers[0]!.env.map(({ name, value }) => [name, value ?? 'x']));
    expect(readConfiguration([], environment)).toMatchObject({ mistakes: [], warnings: [] });
  });

  test('no rule but reading covers kinds that it does not name', () => {
    for (const { resources: covered = [], verbs } of only('ClusterRole').rules!) {
      if (covered.includes('*')) expect(verbs.sort()).toEqual(['get', 'list', 'watch']);
      expect(verbs).not.toContain('*');
    }
  });

  test('every kind of ours that lives on the hub can at least be read by name', () => {
    const hubKinds = Object.values(kinds).filter(
      ({ group, kind }) => group.includes('kubernetes-fleet') && kind !== 'AppliedWork',
    );
    const rules = only('ClusterRole').rules!.filter(({ resources: covered = [] }) => !covered.includes('*'));
    for (const { group, plural } of hubKinds) {
      const verbs = rules
        .filter((rule) => rule.apiGroups?.includes(group) === true && rule.resources?.includes(plural) === true)
        .flatMap((rule) => rule.verbs);
      expect([plural, verbs]).toEqual([plural, expect.arrayContaining(['get', 'list', 'watch'])]);
    }
  });
});
