/**
 * What a run would do on one member, found out there. Objects are read and applied as a server-side dry run, so the
 * member answers with its own defaults, admission and ownership of fields, and nothing is changed.
 */
import { randomUUID } from 'node:crypto';
import { kinds } from '../../api/kinds.ts';
import { memberFieldManager } from '../../api/labels.ts';
import { isOwnedBy, type KubernetesObject, type ResourceDefinition } from '../../api/meta.ts';
import type { AppliedWork } from '../../api/types/appliedwork.ts';
import { uidsToFind } from '../../domain/apply/alreadyThere.ts';
import { definitionOf, inventoryDifference, inventoryEntry, knowsObject } from '../../domain/apply/inventory.ts';
import { prepareManifest } from '../../domain/apply/manifest.ts';
import { foreignOwner } from '../../domain/apply/ownership.ts';
import type { RenderedContent } from '../../domain/apply/render.ts';
import { scopeFault, workObjects, type ResolvedObjects, type WorkObject } from '../../domain/apply/workObjects.ts';
import { cleanForSnapshot } from '../../domain/selection/clean.ts';
import { describeIdentifier, describeObject } from '../../domain/selection/identifiers.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { KubernetesError, isKindNotServed } from '../../kube/errors.ts';
import { ownCommand } from '../calledAs.ts';
import { changedFields } from '../changes/changedFields.ts';
import { clause } from '../why/finding.ts';
import type { Changes } from './changes.ts';

/** What is to be on the member. */
export interface MemberOrder {
  /** Name of the inventory. */
  work: string;
  /** Without manifests where the copies are to go. */
  content: RenderedContent;
}

/** What would happen, and clauses on what the member would not let happen. */
export interface MemberLook extends Changes {
  refused: string[];
}

/** @throws KubernetesError when the member cannot be asked at all */
export async function lookAtMember(client: KubernetesClient, order: MemberOrder): Promise<MemberLook> {
  const work = await findWork(client, order.work);
  if (work === 'notServed')
    return refusing(`kind AppliedWork is not served: run ${ownCommand('join')} again, it installs it`);
  if (work?.metadata.deletionTimestamp !== undefined) {
    return refusing(`what was there before is still being removed (AppliedWork ${order.work})`);
  }
  const resolved = await resolve(client, order.content.manifests);
  const existing = await findExisting(client, resolved);
  if (work !== undefined && isThere(existing, work, resolved, order)) return nothing();
  const owner = { name: order.work, uid: work?.metadata.uid ?? randomUUID() };
  const around = { client, order, owner, work, existing };
  const fates = new Map<KubernetesObject, Fate>(resolved.unknown.map((manifest) => [manifest, notServed(manifest)]));
  await Promise.all(resolved.objects.map(async (object) => fates.set(object.manifest, await fateOf(object, around))));
  const removed = work === undefined ? [] : await findRemoved(client, work, resolved);
  return collect(order.content.manifests, fates, removed);
}

function nothing(): MemberLook {
  return { added: [], changed: [], removed: [], refused: [] };
}

function refusing(reason: string): MemberLook {
  return { ...nothing(), refused: [reason] };
}

async function findWork(client: KubernetesClient, name: string): Promise<AppliedWork | 'notServed' | undefined> {
  try {
    return await client.find(kinds.appliedWork, name);
  } catch (error) {
    if (isKindNotServed(error)) return 'notServed';
    throw error;
  }
}

/** The client is new, so what it learns of the member's kinds is too. */
async function resolve(client: KubernetesClient, manifests: readonly KubernetesObject[]): Promise<ResolvedObjects> {
  return workObjects(manifests, manifests.length === 0 ? { find: () => undefined } : await client.discover());
}

/** What is on the member, by the key of the object that is to be there. */
type Existing = ReadonlyMap<string, KubernetesObject>;

async function findExisting(client: KubernetesClient, { objects }: ResolvedObjects): Promise<Existing> {
  const existing = new Map<string, KubernetesObject>();
  const asked = objects.filter((object) => object.isServed && scopeFault(object) === undefined);
  await Promise.all(
    asked.map(async ({ key, definition, manifest: { metadata } }) => {
      const found = await client.find(definition, metadata.name, metadata.namespace);
      if (found !== undefined) existing.set(key, found);
    }),
  );
  return existing;
}

function isThere(existing: Existing, work: AppliedWork, resolved: ResolvedObjects, { content }: MemberOrder): boolean {
  const uids = uidsToFind(work, resolved, content.contentHash);
  return uids !== undefined && [...uids].every(([key, uid]) => existing.get(key)?.metadata.uid === uid);
}

type Fate =
  | { fate: 'same' | 'added' }
  | { fate: 'changed'; fields: string[] }
  /** `reason` is a clause. */
  | { fate: 'refused'; reason: string };

interface Around {
  client: KubernetesClient;
  order: MemberOrder;
  owner: { name: string; uid: string };
  /** Absent where nothing was brought before. */
  work: AppliedWork | undefined;
  existing: Existing;
}

async function fateOf(object: WorkObject, { client, order, owner, work, existing }: Around): Promise<Fate> {
  const { manifest, definition } = object;
  const title = describeObject(manifest);
  const fault = scopeFault(object);
  if (fault !== undefined) return refuse(`kind ${definition.kind} ${fault} there, so ${title} does not fit`);
  if (!object.isServed) return { fate: 'added' };
  const before = existing.get(object.key);
  const isOurs = work !== undefined && knowsObject(work, object.key);
  const other = isOurs || before === undefined ? undefined : foreignOwner(before, owner.uid);
  if (other !== undefined) return refuse(`${title} already belongs to ${other}, so it is left alone`);
  const { force, manifests } = order.content;
  try {
    const options = { fieldManager: memberFieldManager, force, dryRun: true };
    const after = await client.apply(definition, prepareManifest(manifest, owner), options);
    return before === undefined ? { fate: 'added' } : fateAfter(before, after, owner.uid);
  } catch (error) {
    return fateOfFailure(error, manifest, manifests);
  }
}

function notServed(manifest: KubernetesObject): Fate {
  const title = describeObject(manifest);
  return refuse(`kind ${manifest.kind} of ${manifest.apiVersion} is not served, so ${title} cannot be applied`);
}

/** What only the server sets is no change. */
function fateAfter(existing: KubernetesObject, after: KubernetesObject, ownerUid: string): Fate {
  const fields = changedFields(cleanForSnapshot(existing), cleanForSnapshot(after));
  if (!isOwnedBy(existing, ownerUid)) fields.push('metadata.ownerReferences');
  return fields.length === 0 ? { fate: 'same' } : { fate: 'changed', fields };
}

function fateOfFailure(error: unknown, manifest: KubernetesObject, manifests: readonly KubernetesObject[]): Fate {
  if (!(error instanceof KubernetesError) || error.errorClass === 'unreachable') throw error;
  const title = describeObject(manifest);
  const { namespace } = manifest.metadata;
  if (namespace !== undefined && error.errorClass === 'notFound') {
    // It comes before everything in it.
    const comesAlong = manifests.some(({ kind, metadata }) => kind === 'Namespace' && metadata.name === namespace);
    return comesAlong
      ? { fate: 'added' }
      : refuse(`namespace ${namespace} does not exist, so ${title} cannot be applied`);
  }
  // The server may quote what it refuses.
  const words = error.errorClass === 'rejected' && manifest.kind !== 'Secret' ? error.detail : undefined;
  return refuse(`${title} is not taken: ${clause(words ?? ownWords(error))}`);
}

/** Members with the same trouble are told together, so the sentence must not name one. */
function ownWords({ message, cluster }: KubernetesError): string {
  return message.replace(`Cluster ${cluster} `, 'the cluster ');
}

function refuse(reason: string): Fate {
  return { fate: 'refused', reason };
}

/** Names of what the member has and the order does not; what is gone already, or is not ours, is left out. */
async function findRemoved(
  client: KubernetesClient,
  work: AppliedWork,
  { objects, unknown }: ResolvedObjects,
): Promise<string[]> {
  const wanted = [...objects.map(({ entry }) => entry), ...unknown.map((manifest) => inventoryEntry(manifest, '', 0))];
  const { prune } = inventoryDifference(work.status?.appliedResources ?? [], wanted);
  const removed = await Promise.all(
    prune.map(async (entry) => {
      const existing = await findIfServed(client, definitionOf(entry), entry.name, entry.namespace);
      return existing !== undefined && isOwnedBy(existing, work.metadata.uid) ? [describeIdentifier(entry)] : [];
    }),
  );
  return removed.flat();
}

async function findIfServed(
  client: KubernetesClient,
  definition: ResourceDefinition,
  name: string,
  namespace: string | undefined,
): Promise<KubernetesObject | undefined> {
  try {
    return await client.find(definition, name, namespace);
  } catch (error) {
    if (isKindNotServed(error)) return undefined;
    throw error;
  }
}

/** In the order of the content. */
function collect(
  manifests: readonly KubernetesObject[],
  fates: ReadonlyMap<KubernetesObject, Fate>,
  removed: string[],
): MemberLook {
  const look = { ...nothing(), removed };
  for (const manifest of manifests) {
    const fate = fates.get(manifest);
    if (fate?.fate === 'added') look.added.push(describeObject(manifest));
    else if (fate?.fate === 'changed') look.changed.push({ object: describeObject(manifest), fields: fate.fields });
    else if (fate?.fate === 'refused') look.refused.push(fate.reason);
  }
  return look;
}
