/** What the hub can add to a history. Without the hub there is less to tell, and nothing that fails. */
import { findCondition } from '../../api/conditions.ts';
import { annotations } from '../../api/labels.ts';
import { kindsIn } from '../../api/kinds.ts';
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import { inScopeOf } from '../../api/references.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isUnreachable } from '../../kube/errors.ts';
import { CommandError } from '../commandError.ts';
import { hubTrouble } from '../get/hubFaults.ts';
import { findObject } from '../get/hubReader.ts';
import { missingObject } from '../get/missingObject.ts';
import { openHub, type OpenHub } from '../get/openHub.ts';
import { resources } from '../get/resources.ts';
import type { Target } from '../rollout/target.ts';
import type { Actor, LogEntry } from './entries.ts';

/** A run or a placement; a log is of no other kind. */
export type LogTarget = Target & { kind: 'run' | 'placement' };

export class HubKnowledge {
  readonly #hub: KubernetesClient | undefined;
  readonly #target: LogTarget;
  /** The object, if the hub could be asked and has it. */
  readonly object: KubernetesObject | undefined;
  /** Why the hub could not be asked. */
  readonly fault: Error | undefined;

  private constructor(target: LogTarget, found: { hub?: KubernetesClient; object?: KubernetesObject; fault?: Error }) {
    this.#target = target;
    this.#hub = found.hub;
    this.object = found.object;
    this.fault = found.fault;
  }

  /** @param context of KUBECONFIG. @throws CommandError when there is no such context, or it leads to no hub */
  static async read(context: string | undefined, target: LogTarget): Promise<HubKnowledge> {
    let opened: OpenHub | undefined;
    try {
      opened = await openHub(context);
      const { name, namespace } = target.reference;
      const definition: ResourceDefinition = kindsIn(target.reference)[target.kind];
      const object = await findObject(opened.hub, definition, name, namespace);
      return new HubKnowledge(target, { hub: opened.hub, object });
    } catch (error) {
      await opened?.hub.close();
      const fault = opened === undefined ? error : hubTrouble(error, { ...opened, option: '--context' });
      if (!(fault instanceof CommandError)) throw fault;
      // Whoever names a context means it; a hub that is away for now is something else.
      if (context !== undefined && !isUnreachable(fault.cause)) throw fault;
      return new HubKnowledge(target, { fault });
    }
  }

  get run(): ClusterStagedUpdateRun | undefined {
    return this.#target.kind === 'run' ? (this.object as ClusterStagedUpdateRun | undefined) : undefined;
  }

  /** Whether only runs move the placement. */
  get isExternal(): boolean {
    const placement =
      this.#target.kind === 'placement' ? (this.object as ClusterResourcePlacement | undefined) : undefined;
    return placement?.spec.strategy?.type === 'External';
  }

  /** Whether a worker has ever begun with the run. */
  get isTakenUp(): boolean {
    return this.object?.metadata.annotations?.[annotations.execution] !== undefined;
  }

  /** The sentence for a name that the hub does not know either; why the hub could not be asked, if that was so. */
  async missing(): Promise<Error> {
    if (this.#hub === undefined) return this.fault ?? new Error('The hub could not be asked.');
    const kind = this.#target.kind === 'run' ? resources.runs : resources.placements;
    return missingObject(this.#hub, kind, this.#target.reference);
  }

  /** Adds what stands on an approval request: who approved, and in which words. */
  async withWords(entry: LogEntry): Promise<LogEntry> {
    const { kind, request, actor } = entry;
    if (kind !== 'approved' || request === undefined || actor.role !== 'hub' || this.#hub === undefined) return entry;
    try {
      const { reference } = this.#target;
      const { name, namespace } = inScopeOf(reference, request);
      const found = await findObject(this.#hub, kindsIn(reference).approvalRequest, name, namespace);
      const given = findCondition(found?.status?.conditions, 'Approved')?.message;
      return given === undefined ? entry : approvedBy(entry, given);
    } catch (error) {
      if (error instanceof CommandError) return entry;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#hub?.close();
  }
}

/** Words that Flotilla's own command writes, see `approvalMessage` in api/runConditions.ts; or those of a person. */
const ownWords = /^\w+ has been approved(?: by (?<by>.+?))?(?:: (?<comment>.*))?$/s;

/** @param given the message of the condition `Approved` */
export function approvedBy(entry: LogEntry, given: string): LogEntry {
  const own = ownWords.exec(given)?.groups;
  const { by, comment = '' } = own ?? { comment: given };
  const actor: Actor = by === undefined ? entry.actor : { role: 'person', name: by };
  return { ...entry, actor, message: comment === '' ? entry.message : `${entry.message}: ${comment}` };
}
