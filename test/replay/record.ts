/**
 * `npm run record-histories`: plays the tutorial, and the ways a run can end otherwise, on a fleet of its own and writes
 * the workflow histories to `test/replay/histories`. Do it when a workflow is meant to have a new kind of history; the
 * old files stay, because old runs do.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { down, tutorialMembers, up, type Fleet } from '../../local/fleet.ts';
import { apply, kubectl, kubectlLine, waitFor } from '../support/kubectl.ts';
import {
  configMap,
  namespace,
  placement,
  placedNamespace,
  runSpec,
  stage,
  strategy,
  updateRun,
} from '../support/scenario.ts';
import { oneByOne, rollingPlacement } from '../support/rolloutScenario.ts';
import { temporal } from '../support/temporalCommand.ts';
import { withoutMachine } from './anonymize.ts';

const folder = join(import.meta.dirname, 'histories');
const name = 'recorded';

async function record(fleet: Fleet): Promise<void> {
  await placedNamespace(fleet, name, { key: 'value1' });
  await apply(fleet, [tutorialStrategy()]);
  await rollOut(fleet, 'first', 'kubectl');
  await rollOut(fleet, 'second', 'temporal');
  await refusedRun(fleet);
  await waitingRun(fleet);
  await deletedRun(fleet);
  await gatedRun(fleet);
  await rolledOut(fleet);
  await kubectlLine(fleet, `delete crp/${name}`);
  await save(fleet, `crp/${name}`, 'removal');
}

function tutorialStrategy(): ReturnType<typeof strategy> {
  const wait = { afterStageTasks: [{ type: 'TimedWait' as const, waitTime: '1m' }] };
  const approval = { sortingLabelKey: 'order', afterStageTasks: [{ type: 'Approval' as const }] };
  return strategy(name, [
    stage('staging', { environment: 'staging' }, wait),
    stage('canary', { environment: 'canary' }, approval),
  ]);
}

/** The tutorial's run, through either door. */
async function rollOut(fleet: Fleet, run: string, door: 'kubectl' | 'temporal'): Promise<void> {
  if (door === 'kubectl') {
    await apply(fleet, [updateRun(run, name, '0', name)]);
  } else {
    const input = JSON.stringify({ name: run, spec: runSpec(name, '0', name) });
    const typed = ['workflow', 'start', '--task-queue', 'flotilla', '--type', 'stagedUpdateRun'];
    await temporal(fleet, [...typed, '--workflow-id', `csur/${run}`, '--input', input]);
    await waitFor(fleet, 'create', `csur/${run}`);
  }
  await waitFor(fleet, 'create', `clusterapprovalrequests/${run}-canary`, 120);
  if (door === 'kubectl') {
    await approve(fleet, `${run}-canary`);
  } else {
    const approval = JSON.stringify({ stage: 'canary', by: 'ana', comment: 'lgtm' });
    await temporal(fleet, ['workflow', 'signal', '-w', `csur/${run}`, '--name', 'approve', '--input', approval]);
  }
  await waitFor(fleet, 'condition=Succeeded', `csur/${run}`);
  await save(fleet, `csur/${run}`, `tutorial-${door}`);
}

async function approve(fleet: Fleet, request: string): Promise<void> {
  const condition = { type: 'Approved', status: 'True', reason: 'testPassed', message: 'lgtm', observedGeneration: 1 };
  const conditions = [{ ...condition, lastTransitionTime: '2026-01-01T00:00:00Z' }];
  const patch = JSON.stringify({ status: { conditions } });
  const typed = ['patch', 'clusterapprovalrequests', request, '--type=merge', '--subresource=status'];
  await kubectl(fleet, [...typed, '-p', patch]);
}

async function refusedRun(fleet: Fleet): Promise<void> {
  await apply(fleet, [updateRun('refused', name, '99', name)]);
  await waitFor(fleet, 'condition=Initialized=false', 'csur/refused');
  await save(fleet, 'csur/refused', 'refused');
}

/** Made before its snapshot is there. */
async function waitingRun(fleet: Fleet): Promise<void> {
  const all = strategy('all', [stage('all')]);
  await apply(fleet, [namespace('waiting'), configMap('waiting', 'settings', { key: 'one' }), all]);
  await apply(fleet, [placement('waiting', 'waiting')]);
  await waitFor(fleet, 'create', 'clusterresourcesnapshots/waiting-0-snapshot');
  await apply(fleet, [updateRun('waiting', 'waiting', '1', 'all')]);
  await waitFor(fleet, 'condition=Initialized=unknown', 'csur/waiting');
  await apply(fleet, [configMap('waiting', 'settings', { key: 'two' })]);
  await waitFor(fleet, 'condition=Succeeded', 'csur/waiting');
  await save(fleet, 'csur/waiting', 'waiting-for-snapshot');
}

async function deletedRun(fleet: Fleet): Promise<void> {
  await apply(fleet, [updateRun('deleted', name, '0', name)]);
  await waitFor(fleet, 'condition=Progressing=false', 'csur/deleted');
  await kubectlLine(fleet, 'delete csur/deleted');
  await save(fleet, 'csur/deleted', 'deleted');
}

/** Only initialized at first, then stopped before its gate: what a run can be told on its way. */
async function gatedRun(fleet: Fleet): Promise<void> {
  const gate = { maxConcurrency: '100%', beforeStageTasks: [{ type: 'Approval' as const }] };
  await apply(fleet, [strategy('gated', [stage('all', undefined, gate)])]);
  const run = updateRun('gated', name, '0', 'gated');
  const inState = (state: string): object => ({
    ...run,
    spec: { placementName: name, stagedRolloutStrategyName: 'gated', state },
  });
  await apply(fleet, [inState('Initialize')]);
  await waitFor(fleet, 'condition=Initialized', 'csur/gated');
  await apply(fleet, [inState('Run')]);
  await waitFor(fleet, 'create', 'clusterapprovalrequests/gated-before-all');
  await apply(fleet, [inState('Stop')]);
  await waitFor(fleet, 'jsonpath={.status.conditions[?(@.type=="Progressing")].reason}=UpdateRunStopped', 'csur/gated');
  await apply(fleet, [inState('Run')]);
  await approve(fleet, 'gated-before-all');
  await waitFor(fleet, 'condition=Succeeded', 'csur/gated');
  await save(fleet, 'csur/gated', 'gated');
}

/** A placement that rolls out by itself: onto empty clusters at once, then a change cluster by cluster. */
async function rolledOut(fleet: Fleet): Promise<void> {
  const rolling = 'rolling';
  await apply(fleet, [namespace(rolling), configMap(rolling, 'settings', { key: 'one' })]);
  await apply(fleet, [rollingPlacement(rolling, { ...oneByOne, unavailablePeriodSeconds: 1 })]);
  const isAvailable = 'condition=ClusterResourcePlacementAvailable';
  await waitFor(fleet, isAvailable, `crp/${rolling}`);
  await save(fleet, `crp/${rolling}`, 'rolling-first');
  await apply(fleet, [configMap(rolling, 'settings', { key: 'two' })]);
  await waitFor(fleet, 'jsonpath={.status.observedResourceIndex}=1', `crp/${rolling}`);
  await waitFor(fleet, isAvailable, `crp/${rolling}`);
  await save(fleet, `crp/${rolling}`, 'rolling-change');
}

/** Writes a history without the names of the machine on which it came about. */
async function save(fleet: Fleet, workflowId: string, file: string): Promise<void> {
  await temporal(fleet, ['workflow', 'result', '-w', workflowId]).catch(() => undefined);
  const { stdout } = await temporal(fleet, ['workflow', 'show', '-w', workflowId, '-o', 'json']);
  const history = JSON.stringify(JSON.parse(stdout), withoutMachine, 1);
  await writeFile(join(folder, `${file}.json`), `${history}\n`);
  console.log(`Recorded ${file} (${String(history.length)} bytes).`);
}

const data = await mkdtemp(join(tmpdir(), 'flotilla-record-'));
try {
  await mkdir(folder, { recursive: true });
  await record(
    await up({ data, members: [...tutorialMembers], worker: true, whileParentLives: true, log: console.log }),
  );
} finally {
  await down(data);
  await rm(data, { recursive: true, force: true });
}
