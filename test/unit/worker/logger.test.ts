import { describe, expect, test } from '@jest/globals';
import { KubernetesError } from '../../../kube/errors.ts';
import { createLogger, subjectOfWorkflow, temporalLogger, withLogSubject } from '../../../worker/logger.ts';

function capture() {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ logLevel: 'trace', logFormat: 'json', destination });
  return {
    log,
    text: () => lines.join(''),
    records: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'password', namespace: 'web' },
  data: { key: 'c2VjcmV0' },
};

describe('what never reaches the log', () => {
  test('a Kubernetes object becomes its kind and name, however deep it stands', () => {
    const { log, text, records } = capture();
    log.info({ object: secret, nested: { list: [secret] } }, 'hello');
    expect(text()).not.toContain('c2VjcmV0');
    expect(records()[0]).toMatchObject({
      object: 'Secret web/password',
      nested: { list: ['Secret web/password'] },
      msg: 'hello',
    });
  });

  test.each(['data', 'stringData', 'spec', 'kubeconfig', 'token', 'body', 'selectedResources', 'detail'])(
    'the field %s is removed, at the top and below',
    (name) => {
      const { log, text, records } = capture();
      log.warn({ [name]: 'c2VjcmV0', below: { [name]: { deep: 'c2VjcmV0' } } }, 'hello');
      expect(text()).not.toContain('c2VjcmV0');
      expect(records()[0]).toMatchObject({ [name]: '[removed]', below: { [name]: '[removed]' } });
    },
  );

  test("an API server's own text about a refusal", () => {
    const { log, text, records } = capture();
    const error = new KubernetesError('member1 rejected apply Secret web/password.', {
      errorClass: 'rejected',
      cluster: 'member1',
      reason: 'Invalid',
      detail: 'Invalid value: "c2VjcmV0"',
      cause: new Error('inner'),
    });
    log.error({ error }, 'one way');
    log.error({ err: error }, 'another');
    log.error(error);
    expect(text()).not.toContain('c2VjcmV0');
    for (const record of records()) {
      const fields = record.error ?? record.err;
      expect(fields).toMatchObject({ type: 'KubernetesError', errorClass: 'rejected', cause: { message: 'inner' } });
    }
  });

  test('structures that are too deep', () => {
    const { log, text } = capture();
    log.info({ a: { b: { c: { d: { e: { f: { g: 'c2VjcmV0' } } } } } } }, 'hello');
    expect(text()).not.toContain('c2VjcmV0');
  });
});

describe('what a line is about', () => {
  test('stands on every line that is logged meanwhile, also by other loggers and after a wait', async () => {
    const { log, records } = capture();
    const child = log.child({ loop: 'runs' });
    await withLogSubject({ run: 'example-run' }, async () => {
      await Promise.resolve();
      withLogSubject({ stage: 'canary', cluster: 'member2' }, () => child.info('inside'));
      child.info({ cluster: 'member3' }, 'a field of its own');
    });
    log.info('outside');
    const [inside, own, outside] = records();
    expect(inside).toMatchObject({ loop: 'runs', run: 'example-run', stage: 'canary', cluster: 'member2' });
    expect(own).toMatchObject({ run: 'example-run', cluster: 'member3' });
    expect(outside).not.toHaveProperty('run');
  });

  test('comes from the workflow id where the Temporal SDK logs', () => {
    const { log, records } = capture();
    temporalLogger(log).warn('Activity failed', { workflowId: 'csur/example-run', attempt: 2, error: new Error('no') });
    expect(records()[0]).toMatchObject({
      level: 'warn',
      run: 'example-run',
      attempt: 2,
      error: { message: 'no' },
      msg: 'Activity failed',
    });
  });

  test('what the Temporal SDK says of every attempt to reach Temporal is left to those who look into the SDK', () => {
    const { log, records } = capture();
    const temporal = temporalLogger(log);
    temporal.warn('gRPC call failed', { target: 'temporalio_client::retry' });
    temporal.info('Worker state changed', { sdkComponent: 'worker' });
    temporal.warn('Worker is in trouble', { sdkComponent: 'worker' });
    expect(records().map(({ level }) => level)).toEqual(['debug', 'debug', 'warn']);
  });

  test.each([
    ['csur/a', { run: 'a' }],
    ['crp/web', { placement: 'web' }],
    ['other', {}],
    [undefined, {}],
  ])('workflow id %s', (id, expected) => {
    expect(subjectOfWorkflow(id)).toEqual(expected);
  });
});

test('lines below the configured level are left out', () => {
  const lines: string[] = [];
  const log = createLogger({
    logLevel: 'warn',
    logFormat: 'json',
    destination: { write: (line) => void lines.push(line) },
  });
  log.info('quiet');
  log.warn('loud');
  expect(lines).toHaveLength(1);
});
