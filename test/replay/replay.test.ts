/** Runs that began under earlier code must be able to go on under this code. */
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { ensureWorkflowBundle } from '../../worker/workflowBundle.ts';

const folder = join(import.meta.dirname, 'histories');
const histories = readdirSync(folder).filter((file) => file.endsWith('.json'));
const logger = new DefaultLogger('ERROR');
let codePath: string;

beforeAll(async () => {
  Runtime.install({ logger });
  codePath = await ensureWorkflowBundle({ cacheFolder: join(tmpdir(), 'flotilla-test'), logger });
});

test('there are histories to replay', () => {
  expect(histories).toEqual(
    expect.arrayContaining([
      'tutorial-kubectl.json',
      'tutorial-temporal.json',
      'removal.json',
      'deleted.json',
      'rolling-change.json',
    ]),
  );
});

test.each(histories)('%s', async (file) => {
  const history: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const workflowId = idOf(history);
  await Worker.runReplayHistory({ workflowBundle: { codePath } }, history, workflowId);
});

/** Workflows check their own id, so a replay has to have the one of the recording. */
function idOf(history: unknown): string {
  const [first] = (history as { events: { workflowExecutionStartedEventAttributes: { workflowId: string } }[] }).events;
  return first?.workflowExecutionStartedEventAttributes.workflowId ?? '';
}
