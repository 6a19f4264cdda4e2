/** What `why` is asked about: an object with its kind, or a name that only one object has. */
import { kinds, placementKinds } from '../../api/kinds.ts';
import type { KubernetesObject } from '../../api/meta.ts';
import { referenceOf } from '../../api/references.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isUnauthorised } from '../../kube/errors.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { suggestion } from '../nearestName.ts';
import { formatTarget, formsOf, parseTarget, type Target, type TargetKind } from '../rollout/target.ts';

const all: TargetKind[] = ['run', 'placement', 'cluster'];

/** @throws CommandError, or Error, with one sentence: which forms there are, which of several may be meant, or that there is none */
export async function findSubject(
  hub: KubernetesClient,
  typed: string,
  namespace: string | undefined,
): Promise<Target> {
  const target = parseTarget(typed, namespace, all);
  if (target !== undefined) return target;
  return chooseSubject(typed, namespace, await everything(hub));
}

/** The only object of a name. */
export function chooseSubject(name: string, namespace: string | undefined, targets: readonly Target[]): Target {
  const inScope = targets.filter(({ reference }) => namespace === undefined || reference.namespace === namespace);
  const [only, ...others] = inScope.filter(({ reference }) => reference.name === name);
  if (only === undefined) {
    const names = inScope.map(formatTarget);
    const nearest = suggestion(
      name,
      inScope.map(({ reference }) => reference.name),
      'the hub has none at all.',
    );
    const forms = names.length === 0 ? '' : ` Name it as ${formsOf(all)}.`;
    throw new CommandError(exitCodes.notFound, `No run, placement or cluster is called ${name}; ${nearest}${forms}`);
  }
  if (others.length === 0) return only;
  throw new Error(`Several are called ${name}: say which with ${[only, ...others].map(formatTarget).join(' or ')}.`);
}

async function everything(hub: KubernetesClient): Promise<Target[]> {
  const toTargets = (kind: TargetKind, objects: readonly KubernetesObject[]): Target[] =>
    objects.map((object) => ({ kind, reference: referenceOf(object) }));
  const lists = await Promise.all([
    ...placementKinds.flatMap(({ run, placement }) => [
      readable(hub.list(run)).then((items) => toTargets('run', items)),
      readable(hub.list(placement)).then((items) => toTargets('placement', items)),
    ]),
    readable(hub.list(kinds.memberCluster)).then((items) => toTargets('cluster', items)),
  ]);
  return lists.flat();
}

/** What the user may not list cannot be meant. */
async function readable<T>(listing: Promise<{ items: T[] }>): Promise<T[]> {
  try {
    return (await listing).items;
  } catch (error) {
    if (isUnauthorised(error)) return [];
    throw error;
  }
}
