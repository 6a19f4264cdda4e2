/**
 * What the worker needs of its Temporal namespace before it takes any work: that it belongs to this hub, and that the
 * search attributes are registered.
 */
import { searchAttributeNames } from '../api/temporal.ts';
import type { NativeConnection } from '@temporalio/worker';
import type { Logger } from './logger.ts';

/** Entry in the data of a Temporal namespace: uid of the hub's namespace `kube-system`. */
const hubEntry = 'flotilla-hub';

/** The Temporal namespace serves another hub. Workflow ids would mean two things, so nothing may be done in it. */
export class ForeignNamespaceError extends Error {}

/**
 * Records the hub in the namespace, or finds that it is recorded.
 * @param hubUid uid of the hub's namespace `kube-system`
 * @throws ForeignNamespaceError if another hub is recorded
 */
export async function claimNamespace(
  connection: NativeConnection,
  namespace: string,
  hubUid: string,
  log: Logger,
): Promise<void> {
  const recorded = await recordedHub(connection, namespace);
  if (recorded === hubUid) return;
  if (recorded !== undefined) {
    throw new ForeignNamespaceError(
      `Temporal namespace ${namespace} belongs to the hub whose namespace kube-system has uid ${recorded}, and this hub ` +
        `has ${hubUid}: set TEMPORAL_NAMESPACE to a namespace of its own, or, if the other hub is gone for good, run ` +
        `temporal operator namespace update --namespace ${namespace} --data ${hubEntry}=${hubUid}.`,
    );
  }
  try {
    await connection.workflowService.updateNamespace({ namespace, updateInfo: { data: { [hubEntry]: hubUid } } });
  } catch (error) {
    log.warn({ error }, `The hub could not be recorded in Temporal namespace ${namespace}; use it for this hub only`);
  }
}

async function recordedHub(connection: NativeConnection, namespace: string): Promise<string | undefined> {
  try {
    const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace });
    return namespaceInfo?.data?.[hubEntry];
  } catch (error) {
    if ((error as { code?: number }).code !== grpcNotFound) throw error;
    throw new Error(
      `Temporal has no namespace ${namespace}: run temporal operator namespace create --namespace ${namespace}, or ` +
        'correct TEMPORAL_NAMESPACE.',
      { cause: error },
    );
  }
}

/**
 * Registers those of the search attributes that are missing.
 * @returns whether runs may set them; a workflow that sets one that Temporal does not know would be stuck
 */
export async function registerSearchAttributes(
  connection: NativeConnection,
  namespace: string,
  log: Logger,
): Promise<boolean> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = Object.values(searchAttributeNames).filter((name) => !(name in customAttributes));
    if (missing.length === 0) return true;
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, keyword]));
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
    log.info({ searchAttributes: missing }, `Search attributes registered in Temporal namespace ${namespace}`);
    return true;
  } catch (error) {
    log.warn(
      { error },
      `Search attributes could not be registered in Temporal namespace ${namespace}; runs are not searchable until ` +
        `somebody creates ${Object.values(searchAttributeNames).join(', ')} of type Keyword`,
    );
    return false;
  }
}

/** `INDEXED_VALUE_TYPE_KEYWORD` of the Temporal API. */
const keyword = 2;
/** Status code NOT_FOUND of gRPC. */
const grpcNotFound = 5;
