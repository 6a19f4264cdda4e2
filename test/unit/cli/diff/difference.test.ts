import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../../../api/meta.ts';
import { changedFields } from '../../../../cli/changes/changedFields.ts';
import { hideSecrets } from '../../../../cli/changes/hideSecrets.ts';
import { objectChanges } from '../../../../cli/changes/objectChanges.ts';
import { diffText } from '../../../../cli/diff/diffText.ts';
import { parseJson } from '../../../../kube/json.ts';

const plain = { colour: false, unicode: true };

function configMap(name: string, data: Record<string, unknown>): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'web' }, data } as KubernetesObject;
}

function secret(name: string, data: Record<string, string>, annotations?: Record<string, string>): KubernetesObject {
  const metadata = { name, namespace: 'web', ...(annotations && { annotations }) };
  return { apiVersion: 'v1', kind: 'Secret', metadata, data } as KubernetesObject;
}

function text(before: readonly KubernetesObject[], after: readonly KubernetesObject[], ink = plain): string {
  return diffText({ name: 'crp/web', from: 2, to: 3, changes: objectChanges(before, after) }, ink);
}

describe('the difference of two revisions', () => {
  test('objects that came, changed and went, with their lines', () => {
    const before = [configMap('old', { a: '1' }), configMap('settings', { colour: 'red', size: '1' })];
    const after = [configMap('settings', { size: '1', colour: 'blue' }), configMap('new', { a: '1' })];
    expect(text(before, after)).toBe(`crp/web from revision 2 to revision 3: 1 added, 1 changed, 1 removed

added: ConfigMap web/new
--- none
+++ revision 3
@@ -0,0 +1,7 @@
+apiVersion: v1
+data:
+  a: "1"
+kind: ConfigMap
+metadata:
+  name: new
+  namespace: web

changed: ConfigMap web/settings
--- revision 2
+++ revision 3
@@ -1,6 +1,6 @@
 apiVersion: v1
 data:
-  colour: red
+  colour: blue
   size: "1"
 kind: ConfigMap
 metadata:

removed: ConfigMap web/old
--- revision 2
+++ none
@@ -1,7 +0,0 @@
-apiVersion: v1
-data:
-  a: "1"
-kind: ConfigMap
-metadata:
-  name: old
-  namespace: web
`);
  });

  test('the order of keys is no difference, the version of a kind is one of the same object', () => {
    const first = { apiVersion: 'example.com/v1', kind: 'Odd', metadata: { name: 'odd' }, a: 1, b: 2 };
    const turned = { b: 2, a: 1, metadata: { name: 'odd' }, kind: 'Odd', apiVersion: 'example.com/v1' };
    expect(text([first], [turned])).toBe('crp/web: revisions 2 and 3 hold the same.\n');
    const changes = objectChanges([first], [{ ...first, apiVersion: 'example.com/v2' }]);
    expect([changes.added, changes.changed.length, changes.removed]).toEqual([[], 1, []]);
  });

  test('numbers that JavaScript would round are compared and shown as they are', () => {
    const counting = (number: string): KubernetesObject & { count: unknown } => ({
      ...configMap('settings', {}),
      count: parseJson(number),
    });
    const [one, other] = [counting('1234567890123456789'), counting('1234567890123456790')];
    expect(text([one], [other])).toContain('-count: 1234567890123456789\n+count: 1234567890123456790\n');
    expect(changedFields(one, other)).toEqual(['count']);
  });

  test('colours are for terminals', () => {
    const painted = text([configMap('a', { key: 'x' })], [configMap('a', { key: 'y' })], { ...plain, colour: true });
    expect(painted).toContain('\u001b[31m-  key: x\u001b[39m\n\u001b[32m+  key: y\u001b[39m');
    expect(painted).toContain('\u001b[36m@@ -1,6 +1,6 @@\u001b[39m');
  });
});

describe('Secrets', () => {
  const values = ['b2xkLXZhbHVl', 'bmV3LXZhbHVl', 'c3RheXM=', 'Z29uZQ==', 'Y2FtZQ==', 'copied'];

  test('show which keys differ, and no value', () => {
    const [old = '', young = '', stays = '', gone = '', came = '', copied = ''] = values;
    const copy = { 'kubectl.kubernetes.io/last-applied-configuration': copied, note: 'seen' };
    const before = secret('token', { changed: old, stays, gone }, copy);
    const after = secret('token', { changed: young, stays, came }, copy);
    const shown = text([before], [after]);
    for (const value of values) expect(shown).not.toContain(value);
    for (const line of ['-  changed: "*** (before)"', '+  changed: "*** (after)"', '   stays: "***"', '-  gone: "***"'])
      expect(shown.replaceAll("'", '"')).toContain(line);
    expect(shown).toContain('+  came: ');
  });

  test('are also hidden where they are new, gone, of text, or inside an envelope', () => {
    const inner = secret('inner', { key: values[0] ?? '' });
    const envelope = (content: KubernetesObject): KubernetesObject => ({
      ...configMap('envelope', { 'secret.yaml': content }),
      kind: 'ResourceEnvelope',
    });
    const ofText = { ...secret('text', {}), stringData: { key: values[2] ?? '' } } as KubernetesObject;
    const changedInner = { ...inner, data: { key: values[1] } } as KubernetesObject;
    const shown = text([inner, envelope(inner)], [envelope(changedInner), ofText]);
    for (const value of values) expect(shown).not.toContain(value);
    expect(shown).toContain('*** (after)');
  });

  test('something that is no map of values is hidden as a whole', () => {
    const odd = { ...secret('odd', {}), data: 'plain text' } as unknown as KubernetesObject;
    expect(JSON.stringify(hideSecrets(odd, undefined))).not.toContain('plain text');
    expect(JSON.stringify(hideSecrets(undefined, odd))).not.toContain('plain text');
  });
});

describe('changedFields', () => {
  test('names fields by their paths, lists that grew as a whole', () => {
    const before = { spec: { replicas: 1, containers: [{ image: 'a' }], ports: [1] }, data: { 'a.yaml': 'x' } };
    const after = { spec: { replicas: 2, containers: [{ image: 'b' }], ports: [1, 2] }, data: { 'a.yaml': 'y' } };
    expect(changedFields(before, after)).toEqual([
      'spec.replicas',
      'spec.containers[0].image',
      'spec.ports',
      'data["a.yaml"]',
    ]);
  });

  test('a field that came or went differs; equal values do not', () => {
    expect(changedFields({ a: 1, same: { deep: [null] } }, { b: 1, same: { deep: [null] } })).toEqual(['a', 'b']);
    expect(changedFields({ a: { b: 1 } }, { a: 'text' })).toEqual(['a']);
  });
});
