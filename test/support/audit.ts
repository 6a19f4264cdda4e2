/** Who wrote what to a cluster, from the audit log of its API server. */
import { readFile } from 'node:fs/promises';
import type { Fleet } from '../../local/fleetHandle.ts';

export interface AuditedWrite {
  /** Epoch milliseconds at which the request came. */
  time: number;
  verb: string;
  /** `plural/name`. */
  object: string;
  userAgent: string;
}

interface AuditEvent {
  stage: string;
  verb: string;
  userAgent?: string;
  requestReceivedTimestamp: string;
  objectRef?: { resource?: string; namespace?: string; name?: string };
}

const writing = ['create', 'update', 'patch', 'delete'];
/** Programs that are not Flotilla: the tests' own commands and the cluster's own parts. */
const foreign = /^(kubectl|kube-)/;

/** Every write of Flotilla to objects of a namespace, or to cluster-scoped objects whose name begins with its name. */
export async function writesTo(fleet: Fleet, cluster: string, name: string): Promise<AuditedWrite[]> {
  const path = fleet.auditLogs[cluster];
  if (path === undefined) throw new Error(`The fleet keeps no audit log of ${cluster}.`);
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  return lines
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(({ stage, verb, userAgent = '' }) => {
      return stage === 'ResponseComplete' && writing.includes(verb) && !foreign.test(userAgent);
    })
    .filter(({ objectRef }) => objectRef?.namespace === name || (objectRef?.name ?? '').startsWith(name))
    .map(({ requestReceivedTimestamp, verb, objectRef, userAgent = '' }) => ({
      time: Date.parse(requestReceivedTimestamp),
      verb,
      object: `${objectRef?.resource ?? ''}/${objectRef?.name ?? ''}`,
      userAgent,
    }));
}
