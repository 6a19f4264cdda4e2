/** Follows a run on the hub: the facts anew with every change of the run, its approvals or its bindings. */
import { kindsIn } from '../../api/kinds.ts';
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import { scopeOf, type ObjectReference } from '../../api/references.ts';
import { isOver } from '../../domain/runs/over.ts';
import type { KubernetesClient, ListOptions } from '../../kube/client.ts';
import { isUnauthorised } from '../../kube/errors.ts';
import { Informer } from '../../kube/informer.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { findObject, hubFault } from '../get/hubReader.ts';
import { missingObject } from '../get/missingObject.ts';
import { resources } from '../get/resources.ts';
import { leaseKind, leaseName, leaseNamespace, stateOfLease, type Lease } from '../workerLease.ts';
import type { RunFacts } from './picture.ts';
import { approvalsOf, bindingsFor, factsOf, goneSentence } from './readRun.ts';

export interface RunFollower {
  /** Called at first and with every change, with what tells what is known. */
  show(facts: () => RunFacts): void;
  /** Told once for each stretch of trouble; following goes on by itself. */
  trouble(sentence: string): void;
  /** Ends the following without an error. */
  until: AbortSignal;
}

/** Resolves when the run is over or `until` is aborted. @throws CommandError when the run is not there, or goes away */
export async function followRun(
  hub: KubernetesClient,
  reference: ObjectReference,
  follower: RunFollower,
): Promise<void> {
  const { name, namespace } = reference;
  const definitions = kindsIn(reference);
  const found = await findObject(hub, definitions.run, name, namespace);
  if (found === undefined) throw await missingObject(hub, resources.runs, reference);

  const ended = Promise.withResolvers<undefined>();
  const forbidden = new Set<ResourceDefinition>();
  let isComplete = false;
  const look = (): void => {
    const run = runs.get(name, namespace);
    if (!isComplete || run === undefined) return;
    follower.show(() =>
      factsOf({
        run,
        approvals: forbidden.has(definitions.approvalRequest) ? undefined : requests.items(),
        bindings: forbidden.has(definitions.binding) ? undefined : bindings.items(),
        worker: (now) =>
          forbidden.has(leaseKind) ? { state: 'unknown' } : stateOfLease(leases.get(leaseName, leaseNamespace), now),
      }),
    );
    if (isOver(run)) ended.resolve(undefined);
  };
  const informerOf = <T extends KubernetesObject>(
    definition: ResourceDefinition<T>,
    options: ListOptions,
    onForbidden: (fault: unknown) => void,
  ): Informer<T> =>
    new Informer(hub, definition, {
      ...options,
      onEvent: ({ type }) => {
        if (type === 'deleted' && definition.kind === definitions.run.kind && isComplete) {
          ended.reject(new CommandError(exitCodes.deleted, goneSentence(reference)));
        }
        look();
      },
      onError: (error, count) => {
        const fault = hubFault(error, 'watch', definition);
        if (isUnauthorised(error)) onForbidden(fault);
        else if (count === 1) follower.trouble(fault instanceof Error ? fault.message : String(fault));
      },
    });

  const runs = informerOf(
    definitions.run,
    { ...scopeOf(reference), fieldSelector: `metadata.name=${name}` },
    ended.reject,
  );
  // Without these the run can still be seen, if not all of it.
  const goOnWithout = (definition: ResourceDefinition, stop: () => void) => (): void => {
    forbidden.add(definition);
    stop();
  };
  const requests: Informer<Approval> = informerOf(
    definitions.approvalRequest,
    approvalsOf(reference),
    goOnWithout(definitions.approvalRequest, () => requests.stop()),
  );
  const bindings: Informer<Binding> = informerOf(
    definitions.binding,
    bindingsFor(found),
    goOnWithout(definitions.binding, () => bindings.stop()),
  );
  const leases: Informer<Lease> = informerOf(
    leaseKind,
    { namespace: leaseNamespace, fieldSelector: `metadata.name=${leaseName}` },
    goOnWithout(leaseKind, () => leases.stop()),
  );
  const informers = [runs, requests, bindings, leases];
  const end = (): void => ended.resolve(undefined);
  follower.until.addEventListener('abort', end, { once: true });
  if (follower.until.aborted) end();
  try {
    for (const informer of informers) informer.start();
    const synced = Promise.allSettled(informers.map((informer) => informer.synced)).then(() => {
      isComplete = true;
      look();
    });
    await Promise.race([ended.promise, synced]);
    await ended.promise;
  } finally {
    follower.until.removeEventListener('abort', end);
    for (const informer of informers) informer.stop();
  }
}

type Approval = RunFacts['approvals'][number];
type Binding = NonNullable<Parameters<typeof factsOf>[0]['bindings']>[number];
