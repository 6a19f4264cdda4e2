/**
 * What a run would do on one member, found out there. Objects are read and applied as a server-side dry run, so the
 * member answers with its own defaults, admission and ownership of fields, and nothing is changed.
 */
import { randomUUID } from 'node:crypto';
import { kinds } from '../../api/kinds.ts';
import { memberFieldManager } from '../../api/labels.ts';
import { apiVersionOf, type KubernetesObject, type OwnerReference, type ResourceDefinition } from '../../api/meta.ts';
import type { AppliedResource, AppliedWork } from '../../api/types/appliedwork.ts';
import { inventoryDifference, inventoryEntry } from '../../domain/apply/inventory.ts';
import { prepareManifest } from '../../domain/apply/manifest.ts';
import { cleanForSnapshot } from '../../domain/selection/clean.ts';
import { groupAndVersion, identityKey } from '../../domain/selection/identifiers.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import type { Discovery } from '../../kube/discovery.ts';
import { KubernetesError, isKindNotServed } from '../../kube/errors.ts';
import { changedFields } from '../changes/changedFields.ts';
import { objectTitle } from '../changes/objectChanges.ts';
import { clause } from '../why/finding.ts';
import type { Changes } from './changes.ts';

/** What is to be on the member. */
export interface MemberOrder {
  /** Name of the inventory. */
  work: string;
  /** Empty where the copies are to go. */
  manifests: readonly KubernetesObject[];
  /** Take over fields that somebody else owns. */
  force: boolean;
  /** Hash under which exactly these manifests were brought before, if they were. */
  broughtHash?: string;
}

/** What would happen, and clauses on what the member would not let happen. */
export interface MemberLook extends Changes {
  refused: string[];
}

/** @throws KubernetesError when the member cannot be asked at all */
export async function lookAtMember(client: KubernetesClient, order: MemberOrder): Promise<MemberLook> {
  const work = await findWork(client, order.work);
  if (work === 'notServed') return refusing('kind AppliedWork is not served: run flotilla join again, it installs it');
  if (work?.metadata.deletionTimestamp !== undefined) {
    return refusing(`what was there before is still being removed (AppliedWork ${order.work})`);
  }
  const objects = await resolve(client, order.manifests);
  const found = await Promise.all(objects.map((object) => findExisting(client, object)));
  if (work !== undefined && isThere(found, work, order)) return nothing();
  const owner = { name: order.work, uid: work?.metadata.uid ?? randomUUID() };
  const fates = await Promise.all(found.map((object) => fateOf(client, object, { work, owner, order })));
  const removed = work === undefined ? [] : await findRemoved(client, work, objects);
  return collect(found, fates, removed);
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

/** An object of the order; without a definition where the member does not serve its kind. */
interface Resolved {
  manifest: KubernetesObject;
  definition?: ResourceDefinition;
  /** The definition of its kind comes with the order. */
  bringsDefinition: boolean;
}

interface Found extends Resolved {
  existing?: KubernetesObject;
}

/** Asks the member once more when it does not know a kind. */
async function resolve(client: KubernetesClient, manifests: readonly KubernetesObject[]): Promise<Resolved[]> {
  const resolveWith = (discovery: Discovery): Resolved[] =>
    manifests.map((manifest) => {
      const { group, version } = groupAndVersion(manifest.apiVersion);
      const definition = discovery.find(group, version, manifest.kind);
      return { manifest, ...(definition && { definition }), bringsDefinition: bringsKind(manifests, manifest) };
    });
  if (manifests.length === 0) return [];
  const remembered = resolveWith(await client.discover());
  if (remembered.every(({ definition }) => definition !== undefined)) return remembered;
  return resolveWith(await client.discover({ refresh: true }));
}

/** `CustomResourceDefinition`, as far as it is read here. */
interface KindDefinition extends KubernetesObject {
  spec?: { group?: string; names?: { kind?: string } };
}

function bringsKind(manifests: readonly KubernetesObject[], { apiVersion, kind }: KubernetesObject): boolean {
  const { group } = groupAndVersion(apiVersion);
  return (manifests as readonly KindDefinition[]).some(
    (one) => one.kind === 'CustomResourceDefinition' && one.spec?.group === group && one.spec.names?.kind === kind,
  );
}

async function findExisting(client: KubernetesClient, object: Resolved): Promise<Found> {
  const { definition, manifest } = object;
  const { name, namespace } = manifest.metadata;
  if (definition?.namespaced !== (namespace !== undefined)) return object;
  const existing = await client.find(definition, name, namespace);
  return existing === undefined ? object : { ...object, existing };
}

/** A member that has exactly this already is left alone, whatever somebody has changed in the objects since. */
function isThere(found: readonly Found[], { status }: AppliedWork, { broughtHash }: MemberOrder): boolean {
  const { contentHash, appliedResources } = status ?? {};
  if (contentHash === undefined || contentHash !== broughtHash) return false;
  const uids = uidsIn(appliedResources);
  return (
    uids.size === found.length &&
    found.every(({ manifest, existing }) => {
      const uid = existing?.metadata.uid;
      return uid !== undefined && uids.get(keyOf(manifest)) === uid;
    })
  );
}

type Fate =
  | { fate: 'same' | 'added' }
  | { fate: 'changed'; fields: string[] }
  /** `reason` is a clause. */
  | { fate: 'refused'; reason: string };

interface Around {
  /** Absent where nothing was brought before. */
  work: AppliedWork | undefined;
  owner: { name: string; uid: string };
  order: MemberOrder;
}

async function fateOf(client: KubernetesClient, object: Found, { work, owner, order }: Around): Promise<Fate> {
  const { manifest, definition, existing, bringsDefinition } = object;
  const title = objectTitle(manifest);
  if (definition === undefined) {
    if (bringsDefinition) return { fate: 'added' };
    return refuse(`kind ${manifest.kind} of ${manifest.apiVersion} is not served, so ${title} cannot be applied`);
  }
  if (definition.namespaced !== (manifest.metadata.namespace !== undefined)) {
    const lives = definition.namespaced ? 'lives in namespaces' : 'does not live in namespaces';
    return refuse(`kind ${definition.kind} ${lives} there, so ${title} does not fit`);
  }
  const isOurs = uidsIn(work?.status?.appliedResources).get(keyOf(manifest)) !== undefined;
  const other = isOurs ? undefined : foreignOwner(existing, owner.uid);
  if (other !== undefined) return refuse(`${title} already belongs to ${other}, so it is left alone`);
  try {
    const options = { fieldManager: memberFieldManager, force: order.force, dryRun: true };
    const after = await client.apply(definition, prepareManifest(manifest, owner), options);
    return existing === undefined ? { fate: 'added' } : fateAfter(existing, after, owner.uid);
  } catch (error) {
    return fateOfFailure(error, manifest, order.manifests);
  }
}

/** What only the server sets is no change. */
function fateAfter(existing: KubernetesObject, after: KubernetesObject, ownerUid: string): Fate {
  const fields = changedFields(cleanForSnapshot(existing), cleanForSnapshot(after));
  const isOwned = existing.metadata.ownerReferences?.some(({ uid }) => uid === ownerUid) === true;
  if (!isOwned) fields.push('metadata.ownerReferences');
  return fields.length === 0 ? { fate: 'same' } : { fate: 'changed', fields };
}

function fateOfFailure(error: unknown, manifest: KubernetesObject, manifests: readonly KubernetesObject[]): Fate {
  if (!(error instanceof KubernetesError) || error.errorClass === 'unreachable') throw error;
  const title = objectTitle(manifest);
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

/** Who else owns an object, as the worker asks before it takes one that its inventory does not know. */
function foreignOwner(existing: KubernetesObject | undefined, ownUid: string): string | undefined {
  const others = existing?.metadata.ownerReferences?.filter(({ uid }) => uid !== ownUid) ?? [];
  const [other] = others;
  if (other === undefined) return undefined;
  const work = others.find(isWork);
  return work === undefined ? `${other.kind} ${other.name}` : `another placement (AppliedWork ${work.name})`;
}

function isWork({ apiVersion, kind }: OwnerReference): boolean {
  return kind === kinds.appliedWork.kind && apiVersion === apiVersionOf(kinds.appliedWork);
}

/** Names of what the member has and the order does not; what is gone already, or is not ours, is left out. */
async function findRemoved(
  client: KubernetesClient,
  work: AppliedWork,
  objects: readonly Resolved[],
): Promise<string[]> {
  const wanted = objects.map(({ manifest, definition }, ordinal) =>
    inventoryEntry(manifest, definition?.plural ?? '', ordinal),
  );
  const { prune } = inventoryDifference(work.status?.appliedResources ?? [], wanted);
  const removed = await Promise.all(
    prune.map(async (entry) => {
      const { group = '', version, kind, resource: plural, name, namespace } = entry;
      const definition = { group, version, kind, plural, namespaced: namespace !== undefined };
      const existing = await findIfServed(client, definition, name, namespace);
      const isOurs = existing?.metadata.ownerReferences?.some(({ uid }) => uid === work.metadata.uid) === true;
      return isOurs ? [objectTitle({ kind, metadata: { name, namespace } })] : [];
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

function collect(found: readonly Found[], fates: readonly Fate[], removed: string[]): MemberLook {
  const look = { ...nothing(), removed };
  for (const [index, fate] of fates.entries()) {
    const manifest = found[index]?.manifest;
    if (manifest === undefined) continue;
    if (fate.fate === 'added') look.added.push(objectTitle(manifest));
    else if (fate.fate === 'changed') look.changed.push({ object: objectTitle(manifest), fields: fate.fields });
    else if (fate.fate === 'refused') look.refused.push(fate.reason);
  }
  return look;
}

function uidsIn(entries: readonly AppliedResource[] | undefined): Map<string, string | undefined> {
  return new Map((entries ?? []).map((entry) => [identityKey(entry), entry.uid]));
}

function keyOf(manifest: KubernetesObject): string {
  return identityKey(inventoryEntry(manifest, '', 0));
}
