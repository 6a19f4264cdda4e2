/** What keeps a workload's pods from doing their work: which pod, which container, and why. */
import type { KubernetesObject } from '../../api/meta.ts';
import { compareBytes } from '../ordering.ts';

/** `v1` Pod, as far as it is looked at here. */
export interface WorkloadPod extends KubernetesObject {
  spec?: { nodeName?: string };
  status?: {
    phase?: string;
    reason?: string;
    message?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    initContainerStatuses?: ContainerStatus[];
    containerStatuses?: ContainerStatus[];
  };
}

interface ContainerStatus {
  name: string;
  ready?: boolean;
  state?: { waiting?: { reason?: string; message?: string }; running?: object; terminated?: Termination };
  lastState?: { terminated?: Termination };
}

interface Termination {
  reason?: string;
  exitCode?: number;
  message?: string;
}

export interface PodTrouble {
  /** The end of a sentence, of names and the reasons that kubelets and schedulers give in one word. */
  clause: string;
  /** Their own text about it. It may quote the pod, such as its image; empty where there is none. */
  detail: string;
}

/** The pod that tells most, the newest first among equals; undefined when all pods are well. */
export function podTrouble(pods: readonly WorkloadPod[]): PodTrouble | undefined {
  const newest = pods
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .toSorted((left, right) => compareBytes(ageKey(right), ageKey(left)));
  for (const look of looks) {
    for (const pod of newest) {
      const trouble = look(pod);
      if (trouble !== undefined) return trouble;
    }
  }
  return undefined;
}

type Look = (pod: WorkloadPod) => PodTrouble | undefined;

/** From what never ends by itself to what every pod goes through. */
const looks: readonly Look[] = [
  waitingContainer,
  endedContainer,
  failedPod,
  withoutNode,
  unreadyContainer,
  notScheduled,
];

/** Every container that starts passes through these. */
const ordinary: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing']);

function waitingContainer(pod: WorkloadPod): PodTrouble | undefined {
  for (const { name, state, lastState } of containersOf(pod)) {
    const { waiting } = state ?? {};
    if (waiting === undefined || ordinary.has(waiting.reason ?? '')) continue;
    const before = lastState?.terminated;
    const after = before === undefined ? '' : `, after it ended with ${endWords(before)}`;
    const clause = `container ${name} of ${named(pod)} waits (${word(waiting.reason)}${after})`;
    return { clause, detail: waiting.message ?? '' };
  }
  return undefined;
}

function endedContainer(pod: WorkloadPod): PodTrouble | undefined {
  for (const { name, state } of containersOf(pod)) {
    const { terminated } = state ?? {};
    if (terminated === undefined || terminated.exitCode === 0) continue;
    const clause = `container ${name} of ${named(pod)} has ended (${endWords(terminated)})`;
    return { clause, detail: terminated.message ?? '' };
  }
  return undefined;
}

function failedPod(pod: WorkloadPod): PodTrouble | undefined {
  const { phase, reason, message = '' } = pod.status ?? {};
  return phase === 'Failed' ? { clause: `${named(pod)} has failed (${word(reason)})`, detail: message } : undefined;
}

function withoutNode(pod: WorkloadPod): PodTrouble | undefined {
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status !== 'False') return undefined;
  return { clause: `no node takes ${named(pod)} (${word(scheduled.reason)})`, detail: scheduled.message ?? '' };
}

function unreadyContainer(pod: WorkloadPod): PodTrouble | undefined {
  const unready = containersOf(pod).find(({ ready, state }) => ready === false && state?.running !== undefined);
  if (unready === undefined) return undefined;
  return { clause: `container ${unready.name} of ${named(pod)} runs and is not ready`, detail: '' };
}

/** No scheduler has said anything about it. */
function notScheduled(pod: WorkloadPod): PodTrouble | undefined {
  const isPending = (pod.status?.phase ?? 'Pending') === 'Pending';
  if (!isPending || (pod.spec?.nodeName ?? '') !== '') return undefined;
  return { clause: `${named(pod)} has not been given to a node`, detail: '' };
}

function containersOf({ status = {} }: WorkloadPod): ContainerStatus[] {
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
}

function endWords({ reason, exitCode }: Termination): string {
  const code = exitCode === undefined ? '' : `, exit code ${String(exitCode)}`;
  return `${word(reason)}${code}`;
}

/** Reasons are one word; anything else might be content, and stays out. */
function word(reason = ''): string {
  return /^[A-Z][A-Za-z0-9]{0,63}$/.test(reason) ? reason : 'no reason given';
}

function named({ metadata }: WorkloadPod): string {
  return `Pod ${metadata.name}`;
}

function ageKey({ metadata }: WorkloadPod): string {
  return `${metadata.creationTimestamp ?? ''}/${metadata.name}`;
}
