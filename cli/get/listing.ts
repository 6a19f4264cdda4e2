/** Lists of objects: once, or followed as they change. */
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { findObject, listObjects } from './hubReader.ts';
import { missingObject } from './missingObject.ts';
import { printerFor, type Printer } from './printer.ts';
import type { GetRequest } from './request.ts';
import { watchObjects } from './watchObjects.ts';

/** Where text goes. */
export interface Terminal {
  out(text: string): void;
  /** For what is no answer: warnings, and that there is nothing. */
  aside(text: string): void;
  /** How wide it is; absent in a pipe. */
  columns?: number;
}

/** @param until ends the watching. @throws CommandError */
export async function list(
  hub: KubernetesClient,
  request: GetRequest,
  terminal: Terminal,
  until: AbortSignal,
): Promise<void> {
  const printer = await printerFor(request, Date.now, terminal.columns);
  if (request.watch) {
    await follow(hub, request, { terminal, printer, until });
    return;
  }
  const objects = sorted(request.names.length > 0 ? await named(hub, request) : await all(hub, request));
  if (objects.length === 0 && (request.format === undefined || request.format === 'wide')) {
    terminal.aside(nothing(request));
  } else {
    terminal.out(printer.all(objects));
  }
}

interface Following {
  terminal: Terminal;
  printer: Printer;
  until: AbortSignal;
}

async function follow(
  hub: KubernetesClient,
  request: GetRequest,
  { terminal, printer, until }: Following,
): Promise<void> {
  const { names, namespace, selector, definitions } = request;
  if (names.length > 0) await named(hub, request);
  const isMeant = ({ metadata }: KubernetesObject): boolean => names.length === 0 || names.includes(metadata.name);
  const [onlyName] = names.length === 1 ? names : [];
  let isFirst = true;
  await watchObjects(hub, definitions, {
    namespace,
    labelSelector: selector,
    ...(onlyName !== undefined && { fieldSelector: `metadata.name=${onlyName}` }),
    until,
    all: (objects) => {
      const meant = sorted(objects.filter(isMeant));
      if (meant.length === 0) return;
      terminal.out(
        request.format === 'json' || request.format === 'yaml' ? meant.map(printer.one).join('') : printer.all(meant),
      );
      isFirst = false;
    },
    one: (object) => {
      if (!isMeant(object)) return;
      terminal.out(isFirst ? printer.all([object]) : printer.one(object));
      isFirst = false;
    },
    trouble: (sentence) => terminal.aside(`${sentence}\n`),
  });
}

async function named(
  hub: KubernetesClient,
  { resource, names, namespace, definitions }: GetRequest,
): Promise<KubernetesObject[]> {
  const [definition] = definitions as [ResourceDefinition];
  return Promise.all(
    names.map(async (name) => {
      const found = await findObject(hub, definition, name, namespace);
      if (found !== undefined) return found;
      throw await missingObject(hub, resource, { name, ...(namespace !== undefined && { namespace }) });
    }),
  );
}

async function all(
  hub: KubernetesClient,
  { definitions, namespace, selector }: GetRequest,
): Promise<KubernetesObject[]> {
  const lists = definitions.map((definition) => listObjects(hub, definition, { namespace, labelSelector: selector }));
  return (await Promise.all(lists)).flat();
}

/** As API servers sort: by namespace, then by name. */
function sorted(objects: readonly KubernetesObject[]): KubernetesObject[] {
  const key = ({ metadata }: KubernetesObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;
  return objects.toSorted((one, other) => (key(one) < key(other) ? -1 : 1));
}

function nothing({ namespace, allNamespaces, resource }: GetRequest): string {
  if (namespace !== undefined) return `No resources found in ${namespace} namespace.\n`;
  const hint = resource.namespaced === undefined || allNamespaces ? '' : ' -A also shows those in namespaces.';
  return `No resources found.${hint}\n`;
}
