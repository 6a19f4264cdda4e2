import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { planOf } from '../support/runModel/plans.ts';
import { approveSignal, hubChangedSignal } from '../../workflows/messages.ts';
import { WorkflowTestServer } from './environment.ts';
import { ModelHub } from './model/modelHub.ts';

let server: WorkflowTestServer;
beforeAll(async () => {
  server = await WorkflowTestServer.start();
});
afterAll(() => server.stop());

test('a run that is stopped in the moment in which it takes up an approval stops without a failed workflow task', async () => {
  const shape = { stages: [{ clusters: 1, maxConcurrency: 1, before: true, after: [] }], removals: 0 };
  const hub = new ModelHub();
  const run = hub.add(planOf(shape, 'stopped-at-once'), 'Run');
  const { name, uid } = run.plan.run;
  const beginRun: typeof hub.fakes.beginRun = async (input) => {
    const result = await hub.fakes.beginRun(input);
    run.state = run.wanted = 'Stop';
    return result;
  };
  const handle = await server.startRun({ name, uid });
  // All of it is there before the run begins, so that the look at the hub and the approval meet in one workflow task.
  await handle.signal(hubChangedSignal, { kind: 'ClusterStagedUpdateRun', name, uid });
  await handle.signal(approveSignal, { stage: 'stage0', by: 'ana' });
  await server.withWorkers({ ...hub.fakes, beginRun }, async () => {
    while (!run.isSettled) await hub.change;
  });
  const { events } = await handle.fetchHistory();
  expect(events?.filter((event) => event.workflowTaskFailedEventAttributes)).toEqual([]);
  await handle.terminate();
});
