import { describe, expect, test } from '@jest/globals';
import type { KubernetesError } from '../../../kube/errors.ts';
import { isConflict, isGone, isKindNotServed, isNotFound, isThrottled, isUnreachable } from '../../../kube/errors.ts';
import { networkError, responseError, retryAfterMs, watchError } from '../../../kube/failures.ts';

const attempt = { cluster: 'member2', purpose: 'apply Secret web/password' };

function answer(code: number, status: object | string, header?: string): KubernetesError {
  const body = typeof status === 'string' ? status : JSON.stringify({ kind: 'Status', code, ...status });
  return responseError(attempt, code, body, header);
}

describe('classes', () => {
  test.each([
    [400, { reason: 'BadRequest' }, 'rejected'],
    [401, { reason: 'Unauthorized' }, 'unauthorised'],
    [
      403,
      { reason: 'Forbidden', message: 'secrets "x" is forbidden: User "a" cannot get resource "secrets"' },
      'unauthorised',
    ],
    [403, { reason: 'Forbidden', message: 'exceeded quota: small' }, 'rejected'],
    [404, { reason: 'NotFound', details: { name: 'password' } }, 'notFound'],
    [409, { reason: 'AlreadyExists' }, 'alreadyExists'],
    [409, { reason: 'Conflict' }, 'conflict'],
    [410, { reason: 'Expired' }, 'gone'],
    [413, { reason: 'RequestEntityTooLarge' }, 'rejected'],
    [422, { reason: 'Invalid' }, 'rejected'],
    [429, { reason: 'TooManyRequests' }, 'throttled'],
    [500, { reason: 'InternalError' }, 'server'],
    [500, { message: 'failed to create typed patch object (a/b; v1): .x: field not declared in schema' }, 'rejected'],
    [503, { reason: 'ServiceUnavailable' }, 'server'],
    [503, '<html>no healthy upstream</html>', 'unreachable'],
  ])('%i %j is %s', (code, status, expected) => {
    expect(answer(code, status).errorClass).toBe(expected);
  });

  test('a kind that is not served is told from an object that is not there', () => {
    expect(isKindNotServed(answer(404, '404 page not found\n'))).toBe(true);
    expect(isKindNotServed(answer(404, { reason: 'NotFound', details: {} }))).toBe(true);
    const object = answer(404, { reason: 'NotFound', details: { name: 'x', kind: 'namespaces' } });
    expect(isNotFound(object)).toBe(true);
    expect(isKindNotServed(object)).toBe(false);
    expect(object.message).toBe('Cluster member2 could not apply Secret web/password: namespaces x does not exist.');
  });

  test('an error event of a watch', () => {
    expect(isGone(watchError(attempt, { kind: 'Status', code: 410, reason: 'Expired' }))).toBe(true);
    expect(watchError(attempt, { kind: 'Status', code: 500 }).errorClass).toBe('server');
  });
});

describe('messages', () => {
  test('say cluster, request and fields, and nothing of what was sent', () => {
    const error = answer(422, {
      reason: 'Invalid',
      message: 'Secret "password" is invalid: data[a]: Invalid value: "hunter2"',
      details: { causes: [{ field: 'data[a]', message: 'Invalid value: "hunter2"' }, { field: 'type' }] },
    });
    expect(error.message).toBe(
      'Cluster member2 could not apply Secret web/password: the server rejects it (HTTP 422 Invalid at data[a], type).',
    );
    expect(error.fields).toEqual(['data[a]', 'type']);
    expect(error.detail).toContain('hunter2');
    expect(JSON.stringify(error)).not.toContain('hunter2');
    expect(String(error.stack)).not.toContain('hunter2');
  });

  test('a field that somebody else owns', () => {
    const error = answer(409, { reason: 'Conflict', details: { causes: [{ field: '.spec.replicas' }] } });
    expect(isConflict(error)).toBe(true);
    expect(error.message).toContain('another field manager owns what it changes at .spec.replicas');
  });

  test('a server that is away', () => {
    const error = networkError(
      attempt,
      'https://10.0.0.1:6443',
      Object.assign(new Error('x'), { code: 'ECONNREFUSED' }),
    );
    expect(isUnreachable(error)).toBe(true);
    expect(error.message).toBe(
      'Cluster member2 could not be reached at https://10.0.0.1:6443 to apply Secret web/password: the connection was refused.',
    );
  });
});

describe('the delay that a server asks for', () => {
  test('in seconds, as a date, in the body, or not at all', () => {
    expect(retryAfterMs('3')).toBe(3000);
    expect(retryAfterMs(new Date(Date.now() + 10_000).toUTCString())).toBeGreaterThan(8000);
    expect(retryAfterMs(new Date(0).toUTCString())).toBe(0);
    expect(retryAfterMs('soon')).toBeUndefined();
    expect(retryAfterMs(undefined)).toBeUndefined();
    const error = answer(429, { details: { retryAfterSeconds: 2 } });
    expect(isThrottled(error)).toBe(true);
    expect(error.retryAfterMs).toBe(2000);
    expect(answer(429, { details: { retryAfterSeconds: 2 } }, '1').retryAfterMs).toBe(1000);
  });
});
