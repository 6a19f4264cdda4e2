/** Placements that roll out by themselves on a fleet: made, changed, watched, and taken away again. */
import { findCondition } from '../../api/conditions.ts';
import { clusterKinds } from '../../api/kinds.ts';
import { rollingUpdateWorkflowId } from '../../api/temporal.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type {
  ClusterResourcePlacement,
  PlacementSpec,
  RollingUpdateSettings,
} from '../../api/types/clusterresourceplacement.ts';
import type { RolloutView } from '../../domain/rollouts/view.ts';
import { Informer } from '../../kube/informer.ts';
import { apply, kubectl } from './kubectl.ts';
import { RunScenarios } from './runScenario.ts';
import { bindingsOf, configMap, namespace, placement, type ScenarioObject } from './scenario.ts';
import { temporal } from './temporalCommand.ts';

/** Nothing but the budget slows a rollout down. */
export const oneByOne: RollingUpdateSettings = { maxUnavailable: 1, unavailablePeriodSeconds: 0 };

const deadlineMs = 45_000;

/** A placement of a namespace; without `rollingUpdate` nothing at all is said about its strategy. */
export function rollingPlacement(
  name: string,
  rollingUpdate?: RollingUpdateSettings,
  policy: PlacementSpec['policy'] = { placementType: 'PickAll' },
): ScenarioObject {
  const { strategy: _, ...spec } = placement(name, name).spec as Record<string, unknown>;
  const strategy = { type: 'RollingUpdate', rollingUpdate };
  return { ...placement(name, name), spec: { ...spec, policy, ...(rollingUpdate && { strategy }) } };
}

export class RolloutScenarios extends RunScenarios {
  /** A namespace with a ConfigMap and its placement, which has reached its clusters. */
  async rollOut(name: string, of: ScenarioObject, more: ScenarioObject[] = []): Promise<void> {
    await this.place(name, more, of);
    await this.reaches(name, 0);
  }

  /** Sets the value of the ConfigMap. */
  async change(name: string, value: string): Promise<void> {
    await apply(this.fleet, [configMap(name, 'settings', { key: value })]);
  }

  /** Applies an object that holds each cluster in work until `release` is called for it. */
  async hold(name: string): Promise<void> {
    await apply(this.fleet, [namespace(name), this.gate(name)]);
  }

  async patch(name: string, spec: Partial<Record<keyof PlacementSpec, unknown>>): Promise<void> {
    await kubectl(this.fleet, ['patch', 'crp', name, '--type=merge', '-p', JSON.stringify({ spec })]);
  }

  /** Watches the placement until all its clusters have the snapshot with this index and are available. */
  reaches(name: string, index: number): Promise<ClusterResourcePlacement> {
    return this.placementBecomes(name, ({ status }) => {
      const entries = status?.placementStatuses ?? [];
      const isReached = ({ observedResourceIndex, conditions }: (typeof entries)[number]): boolean =>
        observedResourceIndex === String(index) && findCondition(conditions, 'Available')?.status === 'True';
      return status?.observedResourceIndex === String(index) && entries.length > 0 && entries.every(isReached);
    });
  }

  async placementBecomes(
    name: string,
    wanted: (placement: ClusterResourcePlacement) => boolean,
  ): Promise<ClusterResourcePlacement> {
    const informer = new Informer(this.hub, clusterKinds.placement, { fieldSelector: `metadata.name=${name}` });
    informer.start();
    try {
      return await informer.waitFor(wanted, deadlineMs);
    } catch (error) {
      const evidence = { placement: informer.items()[0], rollout: await this.rollout(name).catch(String) };
      throw new Error(`${name} did not become as expected:\n${JSON.stringify(evidence, null, 1)}`, { cause: error });
    } finally {
      informer.stop();
    }
  }

  /** Watches the binding to a cluster until it is as wanted. */
  async bindingBecomes(
    name: string,
    cluster: string,
    wanted: (binding: ClusterResourceBinding) => boolean,
  ): Promise<ClusterResourceBinding> {
    const informer = new Informer(this.hub, clusterKinds.binding, {
      labelSelector: `kubernetes-fleet.io/parent-CRP=${name}`,
    });
    informer.start();
    try {
      return await informer.waitFor((binding) => binding.spec.targetCluster === cluster && wanted(binding), deadlineMs);
    } finally {
      informer.stop();
    }
  }

  /** What the rolling update says of itself; rejects while none runs or has run. */
  async rollout(name: string, id = rollingUpdateWorkflowId({ name })): Promise<RolloutView> {
    const typed = ['workflow', 'query', '-w', id, '--type', 'status', '-o', 'json'];
    const { stdout } = await temporal(this.fleet, typed);
    // The command prints an empty list as null.
    const { queryResult } = JSON.parse(stdout) as { queryResult: PrintedView[] };
    const [view] = queryResult;
    if (view === undefined) throw new Error(`No answer in ${stdout}`);
    return { ...view, working: view.working ?? [], waiting: view.waiting ?? [] };
  }

  /** Asks the rolling update until it says what is wanted: a hint that has been sent may still be on its way. */
  async rolloutBecomes(name: string, wanted: (view: RolloutView) => boolean): Promise<void> {
    const deadline = Date.now() + deadlineMs;
    while (!wanted(await this.rollout(name))) {
      if (Date.now() > deadline) throw new Error(`The rolling update of ${name} did not become as expected.`);
    }
  }

  /** Waits until the rolling update has ended. */
  async ends(name: string, id = rollingUpdateWorkflowId({ name })): Promise<void> {
    await temporal(this.fleet, ['workflow', 'result', '-w', id]);
  }

  /** Clusters with copies or about to get or lose them, in order. */
  async clustersOf(name: string): Promise<string[]> {
    return (await bindingsOf(this.fleet, name)).map(({ spec }) => spec.targetCluster);
  }

  /** What the rolling update's last execution did to which cluster, in the order in which that began. */
  async order(name: string): Promise<string[]> {
    const typed = ['workflow', 'show', '-w', rollingUpdateWorkflowId({ name }), '-o', 'json'];
    const { stdout } = await temporal(this.fleet, typed);
    const { events } = JSON.parse(stdout) as { events: ScheduledEvent[] };
    return events.flatMap(({ activityTaskScheduledEventAttributes: scheduled, userMetadata }) =>
      scheduled === undefined || userMetadata === undefined ? [] : [summaryOf(userMetadata.summary.data)],
    );
  }
}

type PrintedView = Omit<RolloutView, 'working' | 'waiting'> & {
  [List in 'working' | 'waiting']: RolloutView[List] | null;
};

interface ScheduledEvent {
  activityTaskScheduledEventAttributes?: object;
  userMetadata?: { summary: { data: string } };
}

function summaryOf(data: string): string {
  return String(JSON.parse(Buffer.from(data, 'base64').toString()));
}
