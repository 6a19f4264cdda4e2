import { expect, test } from '@jest/globals';
import type { ApplyStrategy } from '../../../../api/types/clusterresourceplacement.ts';
import { render } from '../../../../domain/apply/render.ts';
import { configMap, namespace } from '../objects.ts';

const manifests = [namespace('web'), configMap('web', 'settings', { key: 'value' })];
const strategy = (serverSideApplyConfig?: ApplyStrategy['serverSideApplyConfig']): ApplyStrategy => ({
  type: 'ServerSideApply',
  ...(serverSideApplyConfig && { serverSideApplyConfig }),
});

test('fields of others are taken over where no strategy is named, and where one says so', () => {
  expect(render(manifests).force).toBe(true);
  expect(render(manifests, strategy({ force: true })).force).toBe(true);
  expect(render(manifests, strategy()).force).toBe(false);
  expect(render(manifests, strategy({ force: false })).force).toBe(false);
});

test('equal hashes: the same objects, applied in the same way', () => {
  const { contentHash } = render(manifests);
  expect(contentHash).toMatch(/^[0-9a-f]{64}$/);
  expect(render(structuredClone(manifests), strategy({ force: true })).contentHash).toBe(contentHash);
  expect(render(manifests, strategy()).contentHash).not.toBe(contentHash);
  expect(render(manifests.toReversed()).contentHash).not.toBe(contentHash);
  expect(render([]).contentHash).not.toBe(contentHash);
});
