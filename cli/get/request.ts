/** What was asked of `flotilla get`: the words of the command line, understood. */
import type { ResourceDefinition } from '../../api/meta.ts';
import { ownCommand } from '../calledAs.ts';
import { mistake } from '../commandError.ts';
import { parseMoment } from './moment.ts';
import { resourceCalled, scopeNamedBy, type NamedScope, type Resource } from './resources.ts';

export const formats = ['wide', 'json', 'yaml', 'name'] as const;
export type Format = (typeof formats)[number];

/** Options as commander reads them. */
export interface GetOptions {
  output?: Format;
  selector?: string;
  watch?: boolean;
  namespace?: string;
  allNamespaces?: boolean;
  context?: string;
  ascii?: boolean;
  at?: string;
}

export interface GetRequest {
  resource: Resource;
  /** Empty for all. */
  names: string[];
  format?: Format;
  selector?: string;
  watch: boolean;
  /** Where named objects are; absent for cluster-scoped ones. */
  namespace?: string;
  /** Which kinds are listed. */
  definitions: ResourceDefinition[];
  allNamespaces: boolean;
  /** The past that is to be seen, epoch milliseconds: of the only name. */
  at?: number;
}

/** @throws CommandError with one sentence about what does not fit together */
export function understand(typedResource: string, typedNames: readonly string[], options: GetOptions): GetRequest {
  const { word, names } = separate(typedResource, typedNames);
  const resource = resourceCalled(word);
  const { selector, output } = options;
  const allNamespaces = options.allNamespaces === true;
  const namespace = resource.namespaced === undefined ? undefined : options.namespace;
  const scope = scopeNamedBy(resource, word);
  if (scope === 'cluster' && namespace !== undefined)
    throw mistake(`${word} is in no namespace: leave -n ${namespace} out, or write ${resource.word}.`);
  if (scope === 'namespaced' && namespace === undefined && !allNamespaces)
    throw mistake(`${word} is in a namespace: say which with -n NAMESPACE, or -A for all of them.`);
  if (allNamespaces && names.length > 0) throw mistake('-A lists all namespaces; a name needs one, with -n.');
  if (allNamespaces && options.namespace !== undefined)
    throw mistake('-n and -A contradict each other; give one of them.');
  if (selector !== undefined && names.length > 0) throw mistake('-l chooses by labels; leave the names out, or -l.');
  const at = pastMoment(resource, names, options);
  return {
    resource,
    names,
    watch: options.watch === true,
    definitions: definitionsOf(resource, namespace, allNamespaces).filter(isIn(scope)),
    allNamespaces: allNamespaces && resource.namespaced !== undefined,
    ...(output !== undefined && { format: output }),
    ...(selector !== undefined && { selector }),
    ...(namespace !== undefined && { namespace }),
    ...(at !== undefined && { at }),
  };
}

/** Only the picture of a run can be one of the past. */
function pastMoment(
  { word }: Resource,
  names: readonly string[],
  { at, watch, output }: GetOptions,
): number | undefined {
  if (at === undefined) return undefined;
  if (word !== 'runs' || names.length !== 1)
    throw mistake(`--at shows one run: ${ownCommand('get run NAME --at TIME')}.`);
  if (watch === true) throw mistake('-w shows what changes, and --at the past, which does not; give one of them.');
  if (output !== undefined) throw mistake(`--at draws the run as it was; leave -o ${output} out.`);
  return parseMoment(at, Date.now());
}

/** `run/NAME` is `run NAME`, as kubectl takes it. */
function separate(typed: string, typedNames: readonly string[]): { word: string; names: string[] } {
  const [word = '', name, ...rest] = typed.split('/');
  if (name === undefined) return { word, names: [...typedNames] };
  if (rest.length > 0 || name === '' || typedNames.length > 0) {
    throw mistake(`"${[typed, ...typedNames].join(' ')}" is not of the form run/NAME or run NAME.`);
  }
  return { word, names: [name] };
}

function definitionsOf(
  { cluster, namespaced }: Resource,
  namespace: string | undefined,
  all: boolean,
): ResourceDefinition[] {
  if (namespaced === undefined) return [cluster];
  if (all) return [cluster, namespaced];
  return [namespace === undefined ? cluster : namespaced];
}

/** A word that names one scope, as kubectl's do, never means the other one. */
function isIn(scope: NamedScope | undefined): (definition: ResourceDefinition) => boolean {
  return ({ namespaced }) => scope === undefined || namespaced === (scope === 'namespaced');
}
