/**
 * The tutorial as data: what is typed, in which order, and one sentence on each. The player (`player.ts`) plays it,
 * the end-to-end test compares what every command prints, and `README.md` shows the same commands to be typed by hand.
 */

/** What a step does. Paths in `arguments` are relative to the checkout. */
export type TutorialAction =
  | {
      type: 'kubectl';
      arguments: readonly string[];
      /** Further environment variables; shown in front of the command. */
      environment?: Readonly<Record<string, string>>;
      /** A person is asked before the command runs. */
      approves?: boolean;
    }
  /** Writes the file that {@link approvalFile} stands for. */
  | { type: 'writeApproval' }
  /** Shows the run's progress until it waits for an approval of the stage, or until it has ended. */
  | { type: 'watchRun'; run: string; until: { approvalOf: string } | 'ended' };

export interface TutorialStep {
  /** Unique; the test looks recorded outputs up by it. */
  readonly id: string;
  /** Printed as a heading where a new part begins. */
  readonly title?: string;
  /** What the step is about, in one or two sentences. */
  readonly sentence: string;
  readonly action: TutorialAction;
}

/** Stands in arguments for the path of the approval file, which is generated into the fleet's data folder. */
export const approvalFile = '{approval.json}';

/** Everything that the tutorial creates on the hub, as kubectl names it. */
export const tutorialObjects = [
  'csur/example-run',
  'csur/example-run-2',
  'csus/example-strategy',
  'crp/example-placement',
  'namespace/test-namespace',
] as const;

const tutorialMembers = ['member1', 'member2', 'member3'] as const;

function kubectl(id: string, sentence: string, typed: string): TutorialStep {
  return { id, sentence, action: { type: 'kubectl', arguments: typed.split(' ') } };
}

function titled(title: string, step: TutorialStep): TutorialStep {
  return { ...step, title };
}

function approving(id: string, sentence: string, request: string): TutorialStep {
  const typed = `patch clusterapprovalrequests ${request} --type=merge --subresource=status`.split(' ');
  return {
    id,
    sentence,
    action: { type: 'kubectl', arguments: [...typed, '--patch-file', approvalFile], approves: true },
  };
}

function membersHold(prefix: string, value: string): TutorialStep[] {
  return tutorialMembers.map((member) =>
    kubectl(
      `${prefix}-${member}`,
      `${member} now holds ${value}.`,
      `get configmap test-cm -n test-namespace -o yaml --context ${member}`,
    ),
  );
}

const placementSteps: TutorialStep[] = [
  titled(
    'A workload on the hub, and a placement that says where it belongs',
    kubectl(
      'create-namespace',
      'The hub is where you write; the members receive. First a namespace to roll out.',
      'create ns test-namespace',
    ),
  ),
  kubectl(
    'create-configmap',
    'A ConfigMap in it stands for the application. It begins with value1.',
    'create cm test-cm --from-literal=key=value1 -n test-namespace',
  ),
  kubectl(
    'create-placement',
    'The placement selects the namespace with all that is in it, for every cluster. Its strategy is External: nothing moves until a run says so.',
    'apply -f examples/tutorial/01-placement.yaml',
  ),
  kubectl(
    'wait-scheduled',
    'Scheduling chooses the clusters.',
    'wait --for=condition=ClusterResourcePlacementScheduled crp/example-placement --timeout=60s',
  ),
  kubectl(
    'placement-scheduled',
    'SCHEDULED is True; AVAILABLE is blank, because no cluster has received anything yet.',
    'get crp example-placement',
  ),
  kubectl(
    'member-empty',
    'A look at a member: "No resources found" is right here. The placement is scheduled, but no run has brought it anywhere.',
    'get configmap -n test-namespace --context member1',
  ),
];

const snapshotSteps: TutorialStep[] = [
  titled(
    'Snapshots: every version of the resources is kept',
    kubectl(
      'wait-snapshot-0',
      'What the placement selects is kept as a numbered snapshot, the first one right at the beginning.',
      'wait --for=create clusterresourcesnapshots/example-placement-0-snapshot --timeout=60s',
    ),
  ),
  kubectl(
    'first-snapshot',
    'There is one, index 0, and it is the latest.',
    'get clusterresourcesnapshots --show-labels',
  ),
  {
    id: 'edit-configmap',
    sentence: 'Now the workload changes from value1 to value2. KUBE_EDITOR replaces the editor that would open.',
    action: {
      type: 'kubectl',
      arguments: ['edit', 'cm', 'test-cm', '-n', 'test-namespace'],
      environment: { KUBE_EDITOR: 'perl -pi -e s/value1/value2/' },
    },
  },
  kubectl('hub-configmap', 'The hub holds value2.', 'get configmap test-cm -n test-namespace -o yaml'),
  kubectl(
    'wait-snapshot-1',
    'A second snapshot follows a moment after the last change, so that a burst of changes becomes one snapshot.',
    'wait --for=create clusterresourcesnapshots/example-placement-1-snapshot --timeout=60s',
  ),
  kubectl(
    'both-snapshots',
    'Index 1 is now the latest; index 0 stays, so that there is a way back.',
    'get clusterresourcesnapshots --show-labels',
  ),
  kubectl(
    'snapshot-1',
    'A snapshot holds the objects themselves, without what belongs to the hub only.',
    'get clusterresourcesnapshots example-placement-1-snapshot -o yaml',
  ),
];

const firstRunSteps: TutorialStep[] = [
  titled(
    'A strategy: the order of the clusters, and what has to happen between',
    kubectl(
      'create-strategy',
      'Two stages: staging and then a minute to watch it; canary in the order of a label and then an approval.',
      'apply -f examples/tutorial/02-strategy.yaml',
    ),
  ),
  titled(
    'The run: snapshot 1 goes out, stage by stage',
    kubectl(
      'create-run-1',
      'A run joins the three: which placement, which snapshot, which strategy. It starts at once.',
      'apply -f examples/tutorial/03-run-1.yaml',
    ),
  ),
  kubectl(
    'wait-run-1-initialized',
    'It first writes down its plan, and keeps to it whatever changes later.',
    'wait --for=condition=Initialized csur/example-run --timeout=60s',
  ),
  kubectl('run-1-started', 'INITIALIZED is True; SUCCEEDED stays blank until the end.', 'get csur example-run'),
  {
    id: 'watch-run-1-waiting',
    sentence:
      'member2 is the staging stage. Then the minute passes, for real, and member3 goes before member1 because of their order labels.',
    action: { type: 'watchRun', run: 'example-run', until: { approvalOf: 'canary' } },
  },
  kubectl(
    'run-1-waiting',
    'The whole story so far stands in the status of the run: every stage, every cluster, every time.',
    'get csur example-run -o yaml',
  ),
  kubectl('request-1-pending', 'The run asks for agreement with an object of its own.', 'get clusterapprovalrequest'),
  {
    id: 'write-approval',
    sentence: 'To approve is to set a condition. This file says who looked and what they found.',
    action: { type: 'writeApproval' },
  },
  approving('approve-run-1', 'Patching the status with that file approves the stage.', 'example-run-canary'),
  kubectl(
    'wait-request-1-accepted',
    'The run takes note; from here on it cannot be taken back.',
    'wait --for=condition=ApprovalAccepted clusterapprovalrequests/example-run-canary --timeout=60s',
  ),
  kubectl('request-1-approved', 'Approved by you, accepted by the run.', 'get clusterapprovalrequest'),
  {
    id: 'watch-run-1-ended',
    sentence: 'With that the run has nothing left to wait for.',
    action: { type: 'watchRun', run: 'example-run', until: 'ended' },
  },
  kubectl('run-1-succeeded', 'SUCCEEDED is True.', 'get csur example-run'),
  kubectl(
    'wait-available',
    'The placement collects what its clusters report.',
    'wait --for=condition=ClusterResourcePlacementAvailable crp/example-placement --timeout=60s',
  ),
  kubectl('placement-available', 'The resources are on every cluster and work.', 'get crp example-placement'),
  ...membersHold('run-1-on', 'value2'),
];

const secondRunSteps: TutorialStep[] = [
  titled(
    'The way back: the same strategy with the older snapshot',
    kubectl(
      'create-run-2',
      'Nobody has to undo the change on the hub: a second run brings snapshot 0, through the same stages.',
      'apply -f examples/tutorial/04-run-2.yaml',
    ),
  ),
  kubectl(
    'wait-run-2-initialized',
    'It plans for itself; the first run is history.',
    'wait --for=condition=Initialized csur/example-run-2 --timeout=60s',
  ),
  kubectl('run-2-started', 'Both runs, side by side.', 'get csur'),
  {
    id: 'watch-run-2-waiting',
    sentence: 'The same order, the same minute.',
    action: { type: 'watchRun', run: 'example-run-2', until: { approvalOf: 'canary' } },
  },
  kubectl('request-2-pending', 'A request of its own, beside the old one.', 'get clusterapprovalrequest'),
  approving('approve-run-2', 'The same file does for the second approval.', 'example-run-2-canary'),
  kubectl(
    'wait-request-2-accepted',
    'Accepted again.',
    'wait --for=condition=ApprovalAccepted clusterapprovalrequests/example-run-2-canary --timeout=60s',
  ),
  kubectl('request-2-approved', 'Both are approved now.', 'get clusterapprovalrequest'),
  {
    id: 'watch-run-2-ended',
    sentence: 'And the run ends.',
    action: { type: 'watchRun', run: 'example-run-2', until: 'ended' },
  },
  ...membersHold('run-2-on', 'value1'),
];

/** The tutorial up to its last section, the clean-up. */
export const tutorialSteps: readonly TutorialStep[] = [
  ...placementSteps,
  ...snapshotSteps,
  ...firstRunSteps,
  ...secondRunSteps,
];

/** The clean-up of the document, in its order. Each command returns when the objects are gone. */
export const cleanUpSteps: readonly TutorialStep[] = [
  kubectl('delete-runs', 'The runs; their approval requests go with them.', 'delete csur example-run example-run-2'),
  kubectl('delete-strategy', 'The strategy.', 'delete csus example-strategy'),
  kubectl(
    'delete-placement',
    'The placement, with its snapshots and the copies on the members.',
    'delete crp example-placement',
  ),
  kubectl('delete-namespace', 'The workload itself.', 'delete namespace test-namespace'),
];
