/** What goes wrong between a command and the hub, each as one sentence with an exit code of its own. */
import { isKindNotServed, isUnauthorised, isUnreachable, KubernetesError } from '../../kube/errors.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import type { ContextOption } from './openHub.ts';

/** Which context of KUBECONFIG was taken for that of the hub. */
export interface HubPlace {
  context: string;
  /** All that KUBECONFIG has. */
  contexts: readonly string[];
  option: ContextOption;
}

/**
 * The failure of a command that worked at the hub; what is a sentence already, and anything unexpected, stays as it is.
 * Troubles of other clusters are none of the hub's.
 */
export function hubTrouble(error: unknown, place: HubPlace): unknown {
  const fault = error instanceof CommandError ? error.cause : error;
  if (!(fault instanceof KubernetesError) || fault.cluster !== 'hub') return error;
  if (isKindNotServed(fault)) return new CommandError(exitCodes.hubUnreachable, noHub(place), fault);
  return error instanceof CommandError ? error : generalFault(error, place.option);
}

/** The same without knowing the context. */
export function generalFault(error: unknown, option: ContextOption = '--context'): unknown {
  if (isUnauthorised(error)) {
    return new CommandError(exitCodes.notPermitted, missingRight(error) ?? error.message, error);
  }
  if (isUnreachable(error)) {
    const message = `${error.message.replace(/\.$/, '')}; is it running, and do KUBECONFIG and ${option} name the hub?`;
    return new CommandError(exitCodes.hubUnreachable, message, error);
  }
  if (isKindNotServed(error)) {
    const message = `The cluster is no hub: the definitions of Flotilla are not there; do KUBECONFIG and ${option} name the hub?`;
    return new CommandError(exitCodes.hubUnreachable, message, error);
  }
  return error;
}

/** The authoriser of an API server names everything. Source: `forbiddenMessage` of k8s.io/apiserver. */
const refusal =
  /User "(?<user>[^"]*)" cannot (?<verb>\S+) resource "(?<resource>[^"]*)" in API group "(?<group>[^"]*)"(?: in the namespace "(?<namespace>[^"]*)")?/;

/** Who lacks which right; undefined where the server does not say. */
function missingRight({ detail }: KubernetesError): string | undefined {
  const found = refusal.exec(detail ?? '')?.groups;
  if (found === undefined) return undefined;
  const { user = '', verb = '', resource = '', group = '', namespace } = found;
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  const full = group === '' ? resource : resource.replace(/(?=\/|$)/, `.${group}`);
  return `User ${user} may not ${verb} ${resource} on the hub${where}; a role with the verb ${verb} on ${full} would allow it.`;
}

function noHub({ context, contexts, option }: HubPlace): string {
  const others = contexts.filter((name) => name !== context);
  const hub = others.find((name) => name === 'hub') ?? others.find((name) => name.includes('hub'));
  const listed = others.slice(0, 5).join(', ') + (others.length > 5 ? ` and ${others.length - 5} more` : '');
  const way =
    hub !== undefined
      ? `did you mean ${option} ${hub}?`
      : others.length > 0
        ? `name the hub with ${option}, there ${others.length === 1 ? 'is' : 'are'} ${listed}.`
        : 'have KUBECONFIG name a kubeconfig of the hub.';
  return `Context ${context} leads to no hub: the definitions of Flotilla are not there; ${way}`;
}
