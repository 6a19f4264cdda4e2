/** One run on the test server that is taken through its story. */
import { WorkflowFailedError, WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import type { SignalDefinition } from '@temporalio/common';
import type { RequestedState } from '../../../domain/runs/progress.ts';
import { approveSignal, hubChangedSignal, pauseSignal, resumeSignal } from '../../../workflows/messages.ts';
import type { ModelHub } from './modelHub.ts';
import type { PlannedApproval, RunOnHub } from './runOnHub.ts';
import type { Happening, Story } from './story.ts';

/** The changes of `spec.state` that the API server lets through. */
const nextState: Record<RequestedState, RequestedState> = { Initialize: 'Run', Run: 'Stop', Stop: 'Run' };

export class ToldRun {
  readonly run: RunOnHub;
  readonly #hub: ModelHub;
  readonly #handle: WorkflowHandle;
  readonly #left: Happening[];
  readonly #mayFail: boolean;
  /** Requests for which an approval is under way: a run that is stopped takes it up when it goes on. */
  readonly #approved = new Set<string>();
  #takenOver = false;
  #result: 'succeeded' | 'failed' | undefined;

  constructor(hub: ModelHub, run: RunOnHub, handle: WorkflowHandle, story: Story) {
    this.#hub = hub;
    this.run = run;
    this.#handle = handle;
    this.#left = [...story.happenings];
    this.#mayFail = story.mayFail;
  }

  get isOver(): boolean {
    return this.#result !== undefined;
  }

  /** Waits for the end; it must be the one that the story has. */
  async follow(): Promise<void> {
    try {
      await this.#handle.result();
      this.#result = 'succeeded';
      this.run.checkComplete();
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw error;
      this.#result = 'failed';
      const told = this.run.progress?.outcome;
      if (!this.#takenOver) this.run.broken ??= error;
      else if (told?.result !== 'failed') this.run.broken ??= new Error('The status does not tell of the failure.');
    } finally {
      this.#hub.noteChange();
    }
  }

  /** @returns false when the run has nothing to do but wait */
  async turn(): Promise<boolean> {
    const { choice, what } = this.#left[0] ?? { what: 'goesOn', choice: 0 };
    if (!(await this.#happen(what, choice)) && !(await this.#goOn(choice))) return false;
    this.#left.shift();
    return true;
  }

  /** Ends a run whose story is not told to its end, so that nobody waits for it. */
  async abandon(): Promise<void> {
    if (!this.isOver) await this.#handle.terminate('The test has failed.');
  }

  /** One sentence on where the run is, for a test that waits in vain. */
  describe(): string {
    const { plan, wanted, state, working, openApprovals, progress } = this.run;
    const waiting = [...working.keys(), ...openApprovals.map(({ request }) => request)].join(', ');
    const message = progress?.progressing?.message ?? '';
    return `${plan.run.name} (wanted ${wanted}, is ${state}, in work: ${waiting}): ${message}`;
  }

  /** @returns false when it does not fit */
  async #happen(what: Happening['what'], choice: number): Promise<boolean> {
    const { run } = this;
    switch (what) {
      case 'goesOn':
        return false;
      case 'approvedEarly':
        return this.#send(run.approvals[choice % run.approvals.length]);
      case 'stateRequestedByMessage':
        return this.#request((state) => this.#signal(state === 'Stop' ? pauseSignal : resumeSignal));
      case 'stateRequestedOnHub':
        return this.#request((state) => {
          run.state = state;
          return this.#hint('ClusterStagedUpdateRun');
        });
      case 'clusterTakenOver':
        return this.#mayFail && this.#displace(choice);
    }
  }

  /** Something goes well: a cluster ends, somebody approves, or lets the run go on. */
  async #goOn(choice: number): Promise<boolean> {
    const { run } = this;
    const clusters = [...run.working.keys()];
    const approvals = run.openApprovals.filter(({ request }) => !this.#approved.has(request));
    const which = choice % Math.max(1, clusters.length + approvals.length);
    const cluster = clusters[which];
    const approval = approvals[which - clusters.length];
    if (cluster !== undefined) {
      run.end(cluster);
      return true;
    }
    if (approval !== undefined) return choice % 2 === 0 ? this.#send(approval) : this.#approveOnHub(approval);
    // A run that starts something although it is stopped is seen only by who lets it.
    if (run.wanted === 'Run' || !run.isTold) return false;
    return this.#request(() => this.#signal(resumeSignal));
  }

  async #send(approval: PlannedApproval | undefined): Promise<boolean> {
    if (approval === undefined) return false;
    this.#approved.add(approval.request);
    await this.#signal(approveSignal, { stage: approval.stage, task: approval.when, by: 'ana' });
    return true;
  }

  async #approveOnHub({ request }: PlannedApproval): Promise<boolean> {
    this.run.approve(request);
    await this.#hint('ClusterApprovalRequest');
    return true;
  }

  async #request(ask: (state: RequestedState) => Promise<void>): Promise<boolean> {
    const { run } = this;
    if (!run.isSettled) return false;
    run.wanted = nextState[run.wanted];
    await ask(run.wanted);
    return true;
  }

  #displace(choice: number): boolean {
    const clusters = [...this.run.working.keys()];
    const cluster = clusters[choice % clusters.length];
    if (cluster === undefined) return false;
    this.#takenOver = true;
    this.run.displace(cluster);
    return true;
  }

  #hint(kind: string): Promise<void> {
    const { name, uid } = this.run.plan.run;
    return this.#signal(hubChangedSignal, { kind, name, uid });
  }

  /** A run may end while a message is on its way. */
  async #signal<Arguments extends unknown[]>(signal: SignalDefinition<Arguments>, ...sent: Arguments): Promise<void> {
    try {
      await this.#handle.signal(signal, ...sent);
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
}
