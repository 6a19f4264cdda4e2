import { expect, test } from '@jest/globals';
import { retriesUnlessRefused } from '../../../client/refusals.ts';

type CallStatus = Parameters<ReturnType<typeof retriesUnlessRefused>['retryableDecider']>[1];

function status(code: number, details = ''): CallStatus {
  const told = { code, details };
  return told as unknown as CallStatus;
}

const ok = status(0);
const notFound = status(5, 'workflow not found');
const refused = status(14, 'No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:7233.');
const lost = status(14, 'read ECONNRESET');
const late = status(4, 'Deadline exceeded');

test('a server that was never reached and refuses is not asked again', () => {
  const { retryableDecider } = retriesUnlessRefused();
  expect(retryableDecider(1, refused)).toBe(false);
  // Neither a connection that breaks nor a time that runs out is an answer.
  expect(retryableDecider(1, lost)).toBe(true);
  expect(retryableDecider(1, late)).toBe(false);
  expect(retryableDecider(1, refused)).toBe(false);
});

test.each([
  ['went well', ok],
  ['was answered with a mistake', notFound],
])('one that was reached may come back: a call %s', (_, answer) => {
  const { retryableDecider } = retriesUnlessRefused();
  expect(retryableDecider(1, answer)).toBe(false);
  expect(retryableDecider(1, refused)).toBe(true);
  expect(retryableDecider(10, refused)).toBe(false);
});
