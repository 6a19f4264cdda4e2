/** `flotilla log`: a history, told. */
import { rollingUpdateWorkflowId, stagedUpdateRunWorkflowId } from '../../api/temporal.ts';
import { ownCommand } from '../calledAs.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { nextLines } from '../nextLines.ts';
import { formatTarget } from '../rollout/target.ts';
import type { LogEntry } from './entries.ts';
import { HubKnowledge, type LogTarget } from './hubKnowledge.ts';
import { hubEntries } from './hubStory.ts';
import type { RecordedEvent } from './recordedEvents.ts';
import { RolloutStory } from './rolloutStory.ts';
import { RunStory } from './runStory.ts';
import type { Story } from './story.ts';
import { TemporalHistory, type KeptExecutions } from './temporalHistory.ts';
import { UidGate } from './uidGate.ts';

export interface LogShowing {
  /** Of KUBECONFIG; the current one if absent. */
  context?: string;
  /** Stay until it is over. */
  follow: boolean;
  /** Which of several objects that had the name, one after the other. @default the last */
  uid?: string;
  /** Called with each entry, in order. */
  show(entry: LogEntry): void;
  /** For what is no entry. */
  aside(sentence: string): void;
  /** Ends the following without an error. */
  until: AbortSignal;
}

/** @throws CommandError when there is no history; what the hub knows has been shown then */
export async function showLog(target: LogTarget, showing: LogShowing): Promise<void> {
  const temporal = new TemporalHistory();
  let hub: HubKnowledge | undefined;
  try {
    const executions = temporal.executions(workflowIdOf(target));
    // Told below; meanwhile the hub is asked as well.
    executions.catch(() => undefined);
    hub = await HubKnowledge.read(showing.context, target);
    const kept = await executions.catch((error: unknown) => error as Error);
    if (kept instanceof Error) throw await withoutHistory(hub, showing, kept);
    if (kept.runIds.length === 0) throw await nothingKept(target, hub, temporal.address, showing);
    const wanted = showing.uid ?? hub.object?.metadata.uid ?? (await newestUid(temporal, kept, storyOf(target, hub)));
    tellOfHub(target, hub, showing);
    const events = temporal.events(kept, { follow: showing.follow, until: showing.until });
    const { shown, others } = await tell(events, storyOf(target, hub), { hub, wanted, showing });
    if (shown === 0) throw await nothingOf(target, hub, { others, address: temporal.address }, showing);
    const [other] = others;
    if (showing.uid === undefined && other !== undefined) {
      const command = ownCommand(`log ${formatTarget(target)} --uid ${other}`);
      showing.aside(['Another one had this name before.', ...nextLines([command])].join('\n'));
    }
  } finally {
    await Promise.all([temporal.close(), hub?.close()]);
  }
}

function workflowIdOf({ kind, reference }: LogTarget): string {
  return kind === 'run' ? stagedUpdateRunWorkflowId(reference) : rollingUpdateWorkflowId(reference);
}

function storyOf({ kind, reference }: LogTarget, { run }: HubKnowledge): Story {
  return kind === 'run' ? new RunStory(reference, run?.spec.stagedRolloutStrategyName) : new RolloutStory(reference);
}

/** Whom the newest of several executions is about; undefined where there is only one, or it does not say. */
async function newestUid(
  temporal: TemporalHistory,
  { workflowId, runIds }: KeptExecutions,
  story: Story,
): Promise<string | undefined> {
  if (runIds.length < 2) return undefined;
  for await (const event of temporal.events({ workflowId, runIds: runIds.slice(-1) }, { follow: false })) {
    story.take(event);
    if (story.uid !== undefined) return story.uid;
  }
  return undefined;
}

interface Telling {
  hub: HubKnowledge;
  wanted: string | undefined;
  showing: LogShowing;
}

/** @returns how many entries were shown, and the uids of other objects that had the name, the last one first */
async function tell(
  events: AsyncIterable<RecordedEvent>,
  story: Story,
  { hub, wanted, showing }: Telling,
): Promise<{ shown: number; others: string[] }> {
  const gate = new UidGate(wanted);
  let shown = 0;
  const show = async (entries: readonly LogEntry[]): Promise<void> => {
    for (const entry of entries) showing.show(await hub.withWords(entry));
    shown += entries.length;
  };
  for await (const event of events) await show(gate.pass(story.take(event), story.uid));
  await show(gate.rest());
  return { shown, others: gate.others };
}

/** What whoever reads a history should know of the object before. */
function tellOfHub(target: LogTarget, { fault, object }: HubKnowledge, { aside, uid }: LogShowing): void {
  if (fault !== undefined) aside(`What people wrote when they approved is missing: ${fault.message}`);
  else if (object === undefined && uid === undefined) {
    aside(`${formatTarget(target)} is not on the hub any more; this is what Temporal remembers of it.`);
  }
}

/** Shows what the hub knows. */
async function withoutHistory(hub: HubKnowledge, { show, aside }: LogShowing, error: Error): Promise<Error> {
  if (hub.run !== undefined) {
    for (const entry of hubEntries(hub.run)) show(await hub.withWords(entry));
    aside('That is what the hub knows; all else stands in the history, which Temporal keeps.');
  } else if (hub.object === undefined) {
    aside((await hub.missing()).message);
  }
  return error;
}

async function nothingKept(target: LogTarget, hub: HubKnowledge, address: string, showing: LogShowing): Promise<Error> {
  const name = formatTarget(target);
  if (hub.fault !== undefined) {
    const message = `Temporal at ${address} keeps no history of ${name}, and the hub cannot be asked: ${hub.fault.message}`;
    return new CommandError(exitCodes.historyMissing, message, hub.fault);
  }
  if (hub.object === undefined) return hub.missing();
  const sentence = noHistoryOf(target, hub, address);
  return withoutHistory(hub, showing, new CommandError(exitCodes.historyMissing, sentence));
}

/** Why Temporal may keep nothing of an object that is on the hub. */
function noHistoryOf(target: LogTarget, { isExternal, isTakenUp }: HubKnowledge, address: string): string {
  const name = formatTarget(target);
  if (isExternal) {
    return `${name} does not roll out by itself, since its strategy is External: ${ownCommand(`rollout history ${name}`)} lists its runs, and ${ownCommand('log')} tells of each.`;
  }
  if (target.kind === 'placement') {
    return `Temporal at ${address} keeps no history of ${name}: it has not rolled out by itself, or longer ago than Temporal remembers.`;
  }
  return isTakenUp
    ? `Temporal at ${address} keeps no history of ${name} any more; is it the one that has carried the run out?`
    : `There is no history of ${name} yet: no worker has taken it up.`;
}

/** There were histories, and none is of the object that is meant, or none is there any more. */
async function nothingOf(
  target: LogTarget,
  hub: HubKnowledge,
  { others, address }: { others: readonly string[]; address: string },
  showing: LogShowing,
): Promise<Error> {
  const name = formatTarget(target);
  if (showing.uid !== undefined) {
    const kept =
      others.length === 0 ? 'there is none' : `there ${others.length === 1 ? 'is' : 'are'} ${others.join(', ')}`;
    return new CommandError(exitCodes.notFound, `No ${name} with the uid ${showing.uid} is in the history; ${kept}.`);
  }
  if (others[0] === undefined) return nothingKept(target, hub, address, showing);
  const command = ownCommand(`log ${name} --uid ${others[0]}`);
  const sentence = `${noHistoryOf(target, hub, address)} ${command} tells of the one before.`;
  return withoutHistory(hub, showing, new CommandError(exitCodes.historyMissing, sentence));
}
