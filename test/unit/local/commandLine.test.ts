import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { formatEnvironment } from '../../../cli/commands/local.ts';
import { formatStatus } from '../../../cli/localStatus.ts';
import { parseLabels } from '../../../cli/labels.ts';

test('a shell reads the environment as it is, whatever the folder is called', () => {
  const folder = `/tmp/it's a "$HOME" \\ folder`;
  const lines = formatEnvironment({
    kubeconfig: `${folder}/kubeconfig`,
    binFolder: `${folder}/bin`,
    temporalAddress: '127.0.0.1:7233',
  });
  const script = `PATH=/usr/bin\n${lines}\nprintf '%s\\n' "$KUBECONFIG" "$PATH" "$TEMPORAL_ADDRESS" "$TEMPORAL_NAMESPACE"`;
  expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe(
    `${folder}/kubeconfig\n${folder}/bin:/usr/bin\n127.0.0.1:7233\ndefault\n`,
  );
});

test('the status is a table with one line for each process', () => {
  const since = '2026-01-02T03:04:05.000Z';
  const processes = [
    { name: 'etcd', state: 'running', pid: 12, since, logFile: '/f/etcd.log' } as const,
    { name: 'hub-apiserver', state: 'ended', pid: 1234, since, logFile: '/f/hub.log', ending: 'code 1' } as const,
  ];
  expect(formatStatus({ state: 'partly', processes })).toBe(
    [
      'The fleet is not whole; "flotilla local up" starts it again.',
      'NAME            STATE               PID    SINCE                      LOG',
      'etcd            running             12     2026-01-02T03:04:05.000Z   /f/etcd.log',
      'hub-apiserver   ended with code 1   1234   2026-01-02T03:04:05.000Z   /f/hub.log',
      '',
    ].join('\n'),
  );
});

describe('labels', () => {
  test('are read with and without value', () => {
    expect(parseLabels(['environment=canary', 'example.com/order=', 'a=b-1.c_d'])).toEqual({
      environment: 'canary',
      'example.com/order': '',
      a: 'b-1.c_d',
    });
  });

  test.each(['order', '=1', 'a=b=c', 'a b=c', 'a=-'])('"%s" is refused', (text) => {
    expect(() => parseLabels([text])).toThrow(`"${text}" is not a label of the form key=value.`);
  });
});
