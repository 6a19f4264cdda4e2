/** Plays the tutorial, clean-up included, against a real fleet and keeps everything that was seen on the way. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import type { Condition, KubernetesObject } from '../../api/meta.ts';
import type { ClusterApprovalRequest } from '../../api/types/clusterapprovalrequest.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterResourceSnapshot } from '../../api/types/clusterresourcesnapshot.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import type { ClusterStagedUpdateStrategy } from '../../api/types/clusterstagedupdatestrategy.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { approvalText, withApprovalFile } from '../../cli/tutorial/approval.ts';
import type { ProgressItem } from '../../cli/tutorial/progress.ts';
import { cleanUpSteps, tutorialSteps, type TutorialStep } from '../../cli/tutorial/steps.ts';
import { watchRun } from '../../cli/tutorial/watchRun.ts';
import { KubernetesClient } from '../../kube/client.ts';
import type { Fleet } from '../../local/fleetHandle.ts';
import type { CommandResult } from '../support/command.ts';
import { getObject, kubectl, kubectlLine, waitFor } from '../support/kubectl.ts';

/** Any object with a spec, as JSON. */
export interface AnyObject extends KubernetesObject {
  spec?: Record<string, unknown>;
  status?: { conditions?: Condition[] };
  data?: Record<string, string>;
}

/** Everything that was seen, by the moment at which it was seen. */
export interface Playback {
  /** Output of each step's command, by the step's id. */
  outputs: Record<string, CommandResult>;
  /** Text of the approval file. */
  approval: string;
  /** Exit codes of looking each short or full name up. */
  names: Record<string, number>;
  members: MemberCluster[];
  /** What each member said about the namespace before there was any run. */
  memberNamespacesBefore: CommandResult[];
  memberNamespacesBeforeRun: CommandResult[];
  runsBeforeSnapshots: number;
  placementScheduled: ClusterResourcePlacement;
  placementAvailable: ClusterResourcePlacement;
  firstSnapshot: ClusterResourceSnapshot;
  supersededSnapshot: ClusterResourceSnapshot;
  latestSnapshot: ClusterResourceSnapshot;
  /** `kind/name` of what the namespace held on the hub besides the ConfigMap. */
  namespaceContents: string[];
  strategy: ClusterStagedUpdateStrategy;
  strategyAtTheEnd: ClusterStagedUpdateStrategy;
  runCreated: ClusterStagedUpdateRun;
  runWaiting: ClusterStagedUpdateRun;
  runSucceeded: ClusterStagedUpdateRun;
  runAtTheEnd: ClusterStagedUpdateRun;
  requestsWaiting: ClusterApprovalRequest[];
  requestApproved: ClusterApprovalRequest;
  hubConfigMap: AnyObject;
  hubConfigMapAtTheEnd: AnyObject;
  secondRunWaiting: ClusterStagedUpdateRun;
  secondRunSucceeded: ClusterStagedUpdateRun;
  requestsAtSecondStart: ClusterApprovalRequest[];
  secondRequestWaiting: ClusterApprovalRequest;
  secondRequestApproved: ClusterApprovalRequest;
  requestsAfterRunDeletion: number;
  strategiesAfterDeletion: number;
  snapshotsAfterPlacementDeletion: number;
  bindingsAfterPlacementDeletion: number;
  /** What each member said when asked to wait for the end of the namespace. */
  memberNamespacesAfter: CommandResult[];
  hubNamespaceAfter: CommandResult;
  /** Every progress line that the run's watch produced. */
  progress: ProgressItem[];
}

type Looks = Record<string, (playback: Playback, fleet: Fleet) => Promise<void>>;

interface ObjectList<T> {
  items: T[];
}

const members = ['member1', 'member2', 'member3'];

/** Plays all steps in order. Rejects at the first command that fails. */
export async function playTutorial(fleet: Fleet): Promise<Playback> {
  // Filled as the tutorial goes on; a look that is missing shows as a failing row.
  const playback = { outputs: {}, names: {}, progress: [] } as unknown as Playback;
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromFile(fleet.kubeconfig);
  const hub = KubernetesClient.fromKubeconfig({ name: 'hub', kubeconfig, context: fleet.hub });
  try {
    playback.members = await list<MemberCluster>(fleet, 'memberclusters');
    for (const step of [...tutorialSteps, ...cleanUpSteps]) {
      await perform(step, playback, fleet, hub);
      await looks[step.id]?.(playback, fleet);
    }
    return playback;
  } finally {
    await hub.close();
  }
}

async function perform(step: TutorialStep, playback: Playback, fleet: Fleet, hub: KubernetesClient): Promise<void> {
  const { action } = step;
  const file = join(fleet.data, 'approval.json');
  if (action.type === 'kubectl') {
    const typed = withApprovalFile(action.arguments, file);
    playback.outputs[step.id] = await kubectl(fleet, typed, { environment: { ...action.environment } });
  } else if (action.type === 'writeApproval') {
    playback.approval = approvalText(new Date());
    await writeFile(file, playback.approval);
  } else {
    const view = { show: (items: ProgressItem[]) => void playback.progress.push(...items), close: () => undefined };
    await watchRun(hub, action.run, action.until, view, AbortSignal.timeout(150_000));
  }
}

async function list<T>(fleet: Fleet, line: string): Promise<T[]> {
  return (await getObject<ObjectList<T>>(fleet, line)).items;
}

function namespaceOnMembers(fleet: Fleet): Promise<CommandResult[]> {
  return Promise.all(
    members.map((member) => kubectlLine(fleet, `get ns test-namespace --context ${member}`, { mayFail: true })),
  );
}

const namesToResolve = [
  'crp',
  'csur',
  'csus',
  'clusterresourcesnapshots',
  'clusterapprovalrequest',
  'clusterapprovalrequests',
];

/** What is looked at after which step. */
const looks: Looks = {
  'placement-scheduled': async (playback, fleet) => {
    playback.placementScheduled = await getObject(fleet, 'crp example-placement');
    for (const name of namesToResolve) {
      playback.names[name] = (await kubectlLine(fleet, `get ${name}`, { mayFail: true })).code;
    }
    playback.memberNamespacesBefore = await namespaceOnMembers(fleet);
  },
  'first-snapshot': async (playback, fleet) => {
    playback.firstSnapshot = await getObject(fleet, 'clusterresourcesnapshots example-placement-0-snapshot');
  },
  'hub-configmap': async (playback, fleet) => {
    playback.hubConfigMap = await getObject(fleet, 'cm test-cm -n test-namespace');
  },
  'both-snapshots': async (playback, fleet) => {
    playback.runsBeforeSnapshots = (await list(fleet, 'csur')).length;
    playback.supersededSnapshot = await getObject(fleet, 'clusterresourcesnapshots example-placement-0-snapshot');
    playback.latestSnapshot = await getObject(fleet, 'clusterresourcesnapshots example-placement-1-snapshot');
    await waitFor(fleet, 'create', 'cm/kube-root-ca.crt sa/default -n test-namespace');
    const { stdout } = await kubectlLine(fleet, 'get cm,sa -n test-namespace -o name');
    playback.namespaceContents = stdout.trim().split('\n');
  },
  'create-strategy': async (playback, fleet) => {
    playback.strategy = await getObject(fleet, 'csus example-strategy');
    playback.memberNamespacesBeforeRun = await namespaceOnMembers(fleet);
  },
  'run-1-started': async (playback, fleet) => {
    playback.runCreated = await getObject(fleet, 'csur example-run');
  },
  'run-1-waiting': async (playback, fleet) => {
    playback.runWaiting = await getObject(fleet, 'csur example-run');
    playback.requestsWaiting = await list(fleet, 'clusterapprovalrequest');
  },
  'request-1-approved': async (playback, fleet) => {
    playback.requestApproved = await getObject(fleet, 'clusterapprovalrequest example-run-canary');
  },
  'run-1-succeeded': async (playback, fleet) => {
    playback.runSucceeded = await getObject(fleet, 'csur example-run');
  },
  'placement-available': async (playback, fleet) => {
    playback.placementAvailable = await getObject(fleet, 'crp example-placement');
  },
  'run-2-started': async (playback, fleet) => {
    playback.requestsAtSecondStart = await list(fleet, 'clusterapprovalrequest');
  },
  'request-2-pending': async (playback, fleet) => {
    playback.secondRunWaiting = await getObject(fleet, 'csur example-run-2');
    playback.secondRequestWaiting = await getObject(fleet, 'clusterapprovalrequest example-run-2-canary');
  },
  'request-2-approved': async (playback, fleet) => {
    playback.secondRequestApproved = await getObject(fleet, 'clusterapprovalrequest example-run-2-canary');
  },
  'run-2-on-member3': async (playback, fleet) => {
    playback.secondRunSucceeded = await getObject(fleet, 'csur example-run-2');
    playback.runAtTheEnd = await getObject(fleet, 'csur example-run');
    playback.strategyAtTheEnd = await getObject(fleet, 'csus example-strategy');
    playback.hubConfigMapAtTheEnd = await getObject(fleet, 'cm test-cm -n test-namespace');
  },
  'delete-runs': async (playback, fleet) => {
    playback.requestsAfterRunDeletion = (await list(fleet, 'clusterapprovalrequests')).length;
  },
  'delete-strategy': async (playback, fleet) => {
    playback.strategiesAfterDeletion = (await list(fleet, 'csus')).length;
  },
  'delete-placement': async (playback, fleet) => {
    const ofPlacement = '-l kubernetes-fleet.io/parent-CRP=example-placement';
    playback.snapshotsAfterPlacementDeletion = (await list(fleet, `clusterresourcesnapshots ${ofPlacement}`)).length;
    playback.bindingsAfterPlacementDeletion = (await list(fleet, `clusterresourcebindings ${ofPlacement}`)).length;
    playback.memberNamespacesAfter = await Promise.all(
      members.map((member) =>
        kubectlLine(fleet, `wait --for=delete ns/test-namespace --timeout=60s --context ${member}`, { mayFail: true }),
      ),
    );
  },
  'delete-namespace': async (playback, fleet) => {
    playback.hubNamespaceAfter = await kubectlLine(fleet, 'get ns test-namespace', { mayFail: true });
  },
};
