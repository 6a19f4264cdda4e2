import { expect, test } from '@jest/globals';
import type { AppliedResource, AppliedWork } from '../../../../api/types/appliedwork.ts';
import { uidsToFind } from '../../../../domain/apply/alreadyThere.ts';
import { workObjects } from '../../../../domain/apply/workObjects.ts';
import { configMap, object } from '../objects.ts';

const configMaps = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const served = {
  find: (_group: string, _version: string, kind: string) => (kind === 'ConfigMap' ? configMaps : undefined),
};
const content = workObjects([configMap('web', 'a'), configMap('web', 'b')], served);
const [first, second] = content.objects.map(({ entry }): AppliedResource => ({
  ...entry,
  uid: `uid of ${entry.name}`,
}));
if (first === undefined || second === undefined) throw new Error('There are two objects.');

function listing(appliedResources: AppliedResource[], contentHash: string | undefined = 'hash'): AppliedWork {
  return {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'AppliedWork',
    metadata: { name: 'web-work' },
    spec: { workName: 'web-work', workNamespace: 'fleet-member-member1' },
    status: { appliedResources, contentHash },
  };
}

test('each object has to be the one that was brought', () => {
  expect(uidsToFind(listing([second, first]), content, 'hash')).toEqual(
    new Map([
      ['/ConfigMap/web/a', 'uid of a'],
      ['/ConfigMap/web/b', 'uid of b'],
    ]),
  );
});

test('another content, or one that was not brought to its end, is not there', () => {
  expect(uidsToFind(listing([first, second], 'another'), content, 'hash')).toBeUndefined();
  expect(uidsToFind({ ...listing([first, second]), status: undefined }, content, 'hash')).toBeUndefined();
  expect(
    uidsToFind({ ...listing([]), status: { appliedResources: [first, second] } }, content, 'hash'),
  ).toBeUndefined();
  expect(uidsToFind(listing([first, { ...second, uid: undefined }]), content, 'hash')).toBeUndefined();
});

test('the inventory has to list exactly these objects', () => {
  expect(uidsToFind(listing([first]), content, 'hash')).toBeUndefined();
  expect(uidsToFind(listing([first, { ...second, name: 'c' }]), content, 'hash')).toBeUndefined();
  expect(uidsToFind(listing([first, second, { ...second, name: 'c' }]), content, 'hash')).toBeUndefined();
});

test('nothing is there of a content with a kind that the member does not serve', () => {
  const manifests = [
    configMap('web', 'a'),
    configMap('web', 'b'),
    object('example.com/v1', 'Widget', { name: 'round' }),
  ];
  expect(uidsToFind(listing([first, second]), workObjects(manifests, served), 'hash')).toBeUndefined();
});
