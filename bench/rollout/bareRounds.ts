/**
 * The bare loop: the requests that an update of a cluster takes, with the same concurrency, and nothing around them.
 * It is what a rollout costs without an engine, and so the measure for the product. The worker does not run meanwhile.
 */
import { availableStatus, rolloutStartedStatus } from '../../activities/members/bindingStatus.ts';
import { Bindings, withTarget } from '../../activities/members/binding.ts';
import { inParallel } from '../../activities/members/parallel.ts';
import { clusterKinds, kinds } from '../../api/kinds.ts';
import { labels } from '../../api/labels.ts';
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import { appliedWorkName, resourceSnapshotName } from '../../api/names.ts';
import type { AppliedWork } from '../../api/types/appliedwork.ts';
import { prepareManifest } from '../../domain/apply/manifest.ts';
import { inventoryEntry } from '../../domain/apply/inventory.ts';
import { claimOf } from '../../domain/claims.ts';
import { sha256 } from '../../domain/sha256.ts';
import { rfc3339 } from '../../domain/time.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { MemberPool } from '../../kube/pool.ts';
import { configMaps } from '../tutorial/objects.ts';
import * as objects from './objects.ts';
import { concurrencyOf, membersOf, type Pace, type Scenario } from './scenarios.ts';
import type { World } from './world.ts';

/** What the updates of one round have in common. */
interface BareUpdate {
  placement: { name: string; uid: string };
  /** Names of the placement's bindings by cluster. */
  bindings: Map<string, string>;
  /** Stands in for the run. */
  run: string;
  index: number;
  value: string;
}

const parallelConnects = 16;

/** Plays rounds without the product. */
export class BareLoop {
  readonly #hub: KubernetesClient;
  readonly #scenario: Scenario;
  readonly #members: MemberPool;
  readonly #placements: { name: string; uid: string; bindings: Map<string, string> }[];

  private constructor(
    { hub, scenario }: World,
    placements: { name: string; uid: string; bindings: Map<string, string> }[],
  ) {
    this.#hub = hub;
    this.#scenario = scenario;
    this.#members = new MemberPool(hub);
    this.#placements = placements;
  }

  static async prepare(world: World): Promise<BareLoop> {
    const placements = await Promise.all(
      world.placements.map(async (name) => {
        const { uid = '' } = (await world.hub.get(clusterKinds.placement, name)).metadata;
        const { items } = await world.hub.list(clusterKinds.binding, {
          labelSelector: `${labels.parentPlacement}=${name}`,
        });
        const bindings = new Map(items.map(({ spec, metadata }) => [spec.targetCluster, metadata.name]));
        return { name, uid, bindings };
      }),
    );
    const loop = new BareLoop(world, placements);
    await loop.#connect();
    return loop;
  }

  /** @returns milliseconds */
  async play(round: number, pace: Pace): Promise<number> {
    const began = performance.now();
    await Promise.all(
      this.#placements.map(async ({ name, uid, bindings }) => {
        const run = `${name}-bare-${String(round)}`;
        const update = { placement: { name, uid }, bindings, run, index: round % 2, value: `bare ${run}` };
        for (const { name: stage, clusters } of this.#scenario.stages) {
          const due = membersOf(this.#scenario).filter((member) => member.stage === stage);
          await inParallel(due, concurrencyOf(pace, clusters), (member) => this.#update(update, member.name));
        }
      }),
    );
    return performance.now() - began;
  }

  async close(): Promise<void> {
    await this.#members.close();
  }

  /** Hundreds of connections made at the same moment would keep each other from being made in time. */
  async #connect(): Promise<void> {
    await inParallel(membersOf(this.#scenario), parallelConnects, async ({ name }) => {
      await (await this.#members.client(name)).probe('/readyz');
    });
  }

  /** Request for request what `activities/members/` does for a cluster that has an older content. */
  async #update(update: BareUpdate, cluster: string): Promise<void> {
    const { placement, run, index } = update;
    const bindings = new Bindings(this.#hub, {}, new AbortController().signal);
    const name = update.bindings.get(cluster) ?? '';
    const found = await bindings.find(name);
    if (found === undefined) throw new Error(`There is no binding ${name}.`);
    const target = {
      placement,
      cluster,
      binding: name,
      resourceSnapshotIndex: String(index),
      resourceSnapshotName: resourceSnapshotName(placement.name, index),
      claim: holderOf(run),
      rolloutStartedMessage: `Rolling out resource snapshot ${String(index)} as run ${run} says.`,
    };
    const hash = sha256(update.value);
    const claimed = await bindings.replace(withTarget(found, target, hash, rfc3339(Date.now())));
    const started = await bindings.replaceStatus(claimed, rolloutStartedStatus(claimed, target.rolloutStartedMessage));
    await this.#applyTo(await this.#members.client(cluster), update, hash);
    await bindings.replaceStatus(started, availableStatus(started, placement, true));
  }

  async #applyTo(member: KubernetesClient, { placement, run, value }: BareUpdate, contentHash: string): Promise<void> {
    const workName = appliedWorkName(placement);
    const found = await member.get(kinds.appliedWork, workName);
    const claim = claimOf(holderOf(run), rfc3339(Date.now()));
    const ahead = { appliedResources: found.status?.appliedResources, claim };
    let work = await member.replaceStatus(kinds.appliedWork, { ...found, status: ahead });
    const content: [ResourceDefinition, KubernetesObject][] = [
      [kinds.namespace, objects.namespace(placement.name)],
      [configMaps, objects.configMap(placement.name, value)],
    ];
    const appliedResources = [];
    for (const [ordinal, [definition, manifest]] of content.entries()) {
      // Between two waves the product looks whether the inventory is still its own.
      if (ordinal > 0) work = await member.get(kinds.appliedWork, workName);
      const { uid } = (await applyOwned(member, definition, manifest, work)).metadata;
      appliedResources.push({ ...inventoryEntry(manifest, definition.plural, ordinal), uid });
    }
    await member.replaceStatus(kinds.appliedWork, { ...work, status: { appliedResources, claim, contentHash } });
  }
}

function applyOwned(
  member: KubernetesClient,
  definition: ResourceDefinition,
  manifest: KubernetesObject,
  work: AppliedWork,
): Promise<KubernetesObject> {
  const owner = { name: work.metadata.name, uid: work.metadata.uid ?? '' };
  return member.apply(definition, prepareManifest(manifest, owner), { fieldManager: 'flotilla', force: true });
}

function holderOf(run: string): Parameters<typeof claimOf>[0] {
  const { kind } = clusterKinds.run;
  return { kind: kind as 'ClusterStagedUpdateRun', name: run, uid: run, createdAt: rfc3339(Date.now()) };
}
