/** Objects of the hub as they are typed: `csur/NAME`, `crp/NAME`, `sur/NAME -n NS`, `rp/NAME -n NS`, `cluster/NAME`. */
import { kinds, kindsIn } from '../../api/kinds.ts';
import type { ResourceDefinition } from '../../api/meta.ts';
import { formatReference, inScopeOf, type ObjectReference } from '../../api/references.ts';

export type TargetKind = 'run' | 'placement' | 'cluster';

/** What a command is about. A namespace tells a `StagedUpdateRun` from a `ClusterStagedUpdateRun`. */
export interface Target {
  kind: TargetKind;
  reference: ObjectReference;
}

/** A kind in one scope. */
export interface Form {
  kind: TargetKind;
  namespaced: boolean;
}

/** Short names as kubectl has them; the long names of the kinds are understood as well. */
const forms: Record<string, Form> = {
  csur: { kind: 'run', namespaced: false },
  sur: { kind: 'run', namespaced: true },
  crp: { kind: 'placement', namespaced: false },
  rp: { kind: 'placement', namespaced: true },
  cluster: { kind: 'cluster', namespaced: false },
};

/** The short names of some kinds, for sentences. */
export function formsOf(wanted: readonly TargetKind[]): string {
  const short = Object.entries(forms).filter(([, { kind }]) => wanted.includes(kind));
  const texts = short.map(([name, { namespaced }]) => `${name}/NAME${namespaced ? ' -n NAMESPACE' : ''}`);
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1) ?? ''}`;
}

/**
 * Reads a target. A name in a namespace may also be written as in Temporal: `sur/NAMESPACE/NAME`.
 * @returns undefined for a name without a kind
 * @throws Error with one sentence on what to type instead
 */
export function parseTarget(
  text: string,
  namespace: string | undefined,
  wanted: readonly TargetKind[],
): Target | undefined {
  // As a script writes it whose variable is not set; the API server would take it for all objects.
  if (text === '') throw new Error(`The name of the object is empty: write ${formsOf(wanted)}.`);
  const [kindText = '', ...rest] = text.split('/');
  if (rest.length === 0) return undefined;
  const form = kindCalled(kindText);
  const name = rest.at(-1) ?? '';
  const understood = form !== undefined && wanted.includes(form.kind) && name !== '';
  if (!understood || rest.length > (form.namespaced ? 2 : 1)) {
    throw new Error(`"${text}" names nothing that this command knows: write ${formsOf(wanted)}.`);
  }
  if (!form.namespaced) {
    if (namespace === undefined || form.kind === 'cluster') return { kind: form.kind, reference: { name } };
    throw new Error(
      `${text} is in no namespace: leave -n ${namespace} away, or write ${inNamespace[form.kind]}/${name}.`,
    );
  }
  const ownNamespace = rest.length === 2 ? rest[0] : namespace;
  if (ownNamespace === undefined) throw new Error(`${text} is in a namespace: say which with -n NAMESPACE.`);
  return { kind: form.kind, reference: { name, namespace: ownNamespace } };
}

/** Where only one kind can be meant, the name alone will do. @throws Error as {@link parseTarget} */
export function parseReference(text: string, namespace: string | undefined, kind: TargetKind): ObjectReference {
  return parseTarget(text, namespace, [kind])?.reference ?? inScopeOf({ namespace }, text);
}

/** As people and commands name the target: `csur/web-1`, `sur/shop/web-1`. */
export function formatTarget({ kind, reference }: Target): string {
  const short = kind === 'cluster' ? 'cluster' : shortName(kind, reference);
  return `${short}/${formatReference(reference)}`;
}

export function runTarget(reference: ObjectReference): string {
  return formatTarget({ kind: 'run', reference });
}

export function placementTarget(reference: ObjectReference): string {
  return formatTarget({ kind: 'placement', reference });
}

const inNamespace: Record<Exclude<TargetKind, 'cluster'>, string> = { run: 'sur', placement: 'rp' };

function shortName(kind: 'run' | 'placement', { namespace }: ObjectReference): string {
  return namespace === undefined ? `c${kind === 'run' ? 'sur' : 'rp'}` : inNamespace[kind];
}

/**
 * The kind of a word: `csur`, `clusterstagedupdaterun`, `clusterstagedupdateruns` and what `kubectl get -o name` prints.
 * @returns undefined for a word that is none
 */
export function kindCalled(text: string): Form | undefined {
  const [name = ''] = text.toLowerCase().split('.');
  if (Object.hasOwn(forms, name)) return forms[name];
  return Object.values(forms).find((form) => {
    const { kind, plural } = definitionOf(form);
    return name === plural || name === kind.toLowerCase();
  });
}

function definitionOf({ kind, namespaced }: Form): ResourceDefinition {
  const scoped = kindsIn(namespaced ? { namespace: '' } : {});
  return { run: scoped.run, placement: scoped.placement, cluster: kinds.memberCluster }[kind];
}
