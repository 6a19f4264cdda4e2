import { describe, expect, test } from '@jest/globals';
import { describeRequest } from '../../../worker/metrics.ts';

describe('describeRequest', () => {
  const run = '/apis/placement.kubernetes-fleet.io/v1beta1/clusterstagedupdateruns';

  test.each([
    ['GET', '/api/v1/namespaces', { verb: 'list', resource: 'namespaces' }],
    ['GET', '/api/v1/namespaces/web', { verb: 'get', resource: 'namespaces' }],
    ['GET', '/api/v1/namespaces/web/secrets/kubeconfig', { verb: 'get', resource: 'secrets' }],
    ['GET', `${run}?limit=500`, { verb: 'list', resource: 'clusterstagedupdateruns' }],
    ['GET', `${run}?watch=true&resourceVersion=7`, { verb: 'watch', resource: 'clusterstagedupdateruns' }],
    ['PUT', `${run}/example-run/status`, { verb: 'update', resource: 'clusterstagedupdateruns/status' }],
    ['PATCH', '/apis/apps/v1/namespaces/web/deployments/front', { verb: 'patch', resource: 'deployments' }],
    ['DELETE', `${run}/example-run`, { verb: 'delete', resource: 'clusterstagedupdateruns' }],
    ['POST', run, { verb: 'create', resource: 'clusterstagedupdateruns' }],
  ])('%s %s', (method, path, expected) => {
    expect(describeRequest(method, path)).toEqual(expected);
  });

  test.each(['/readyz', '/version', '/metrics', '/api', '/apis/apps/v1'])('does not count %s', (path) => {
    expect(describeRequest('GET', path)).toBeUndefined();
  });
});
