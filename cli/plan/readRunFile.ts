/** The run that somebody is about to apply, from a file or from standard input. */
import { readFile } from 'node:fs/promises';
import { text as readText } from 'node:stream/consumers';
import { parseAllDocuments } from 'yaml';
import { clusterKinds, namespacedKinds, placementGroup } from '../../api/kinds.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import { groupAndVersion } from '../../domain/selection/identifiers.ts';

/**
 * Reads a run.
 * @param path `-` for standard input
 * @param namespace of a StagedUpdateRun that names none itself
 * @throws Error with one sentence on what to change
 */
export async function readRunFile(path: string, namespace: string | undefined): Promise<ClusterStagedUpdateRun> {
  if (path === '-') return runIn(await readText(process.stdin), 'standard input', namespace);
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    throw new Error(`${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
  return runIn(content, path, namespace);
}

/** The only run among the objects of a text. @param source for sentences. @throws Error with one sentence */
export function runIn(content: string, source: string, namespace: string | undefined): ClusterStagedUpdateRun {
  const runs = objectsIn(content, source).filter(isRun);
  const [run] = runs;
  if (run === undefined || runs.length > 1) {
    const kinds = `${clusterKinds.run.kind} or ${namespacedKinds.run.kind} of ${placementGroup}`;
    throw new Error(`${source} has ${runs.length === 0 ? 'no' : runs.length} runs; it has to have one ${kinds}.`);
  }
  const { apiVersion, kind, metadata, spec } = run;
  const name = requireText(metadata?.name, 'metadata.name', source);
  return {
    apiVersion,
    kind,
    metadata: { ...metadata, ...namespaceOf(run, source, namespace), name },
    spec: {
      ...spec,
      placementName: requireText(spec?.placementName, 'spec.placementName', source),
      stagedRolloutStrategyName: requireText(spec?.stagedRolloutStrategyName, 'spec.stagedRolloutStrategyName', source),
      ...(spec?.resourceSnapshotIndex !== undefined && {
        resourceSnapshotIndex: requireText(spec.resourceSnapshotIndex, 'spec.resourceSnapshotIndex', source, true),
      }),
    },
  };
}

/** As it may have been written: every part may be missing, or something else. */
interface WrittenRun {
  apiVersion: string;
  kind: string;
  metadata?: Record<string, unknown>;
  spec?: Record<string, unknown>;
}

function objectsIn(content: string, source: string): unknown[] {
  const documents = parseAllDocuments(content);
  if ('empty' in documents) return [];
  return documents.flatMap((document) => {
    const [fault] = document.errors;
    if (fault !== undefined) {
      const [line = ''] = fault.message.split('\n');
      throw new Error(`${source} is not YAML: ${line.replace(/:$/, '')}.`);
    }
    const object = document.toJS() as { kind?: unknown; items?: unknown } | null;
    return object?.kind === 'List' && Array.isArray(object.items) ? (object.items as unknown[]) : [object];
  });
}

function isRun(object: unknown): object is WrittenRun {
  const { apiVersion, kind } = (object ?? {}) as Record<string, unknown>;
  if (typeof apiVersion !== 'string' || groupAndVersion(apiVersion).group !== placementGroup) return false;
  return kind === clusterKinds.run.kind || kind === namespacedKinds.run.kind;
}

function namespaceOf(
  { kind, metadata }: WrittenRun,
  source: string,
  asked: string | undefined,
): { namespace: string | undefined } {
  const written = typeof metadata?.namespace === 'string' ? metadata.namespace : undefined;
  if (kind === clusterKinds.run.kind) {
    if (asked === undefined && written === undefined) return { namespace: undefined };
    const wrong = asked === undefined ? 'take metadata.namespace out' : `leave -n ${asked} away`;
    throw new Error(`The ${kind} in ${source} is in no namespace: ${wrong}, or make it a ${namespacedKinds.run.kind}.`);
  }
  if (written !== undefined && asked !== undefined && written !== asked) {
    throw new Error(`The ${kind} in ${source} is in namespace ${written}, and -n says ${asked}.`);
  }
  const namespace = written ?? asked;
  if (namespace === undefined) {
    throw new Error(`The ${kind} in ${source} is in a namespace: say which with -n NAMESPACE.`);
  }
  return { namespace };
}

/** An unquoted number is a common slip. */
function requireText(value: unknown, field: string, source: string, mayBeEmpty = false): string {
  if (typeof value === 'string' && (mayBeEmpty || value !== '')) return value;
  if (typeof value === 'number') {
    throw new Error(`${field} in ${source} has to be text: write "${value}", with the quotes.`);
  }
  throw new Error(`${field} in ${source} is missing, or no text.`);
}
