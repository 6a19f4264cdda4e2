/** The events of a workflow's history as plain data, and only those that tell something of a rollout. */
import { defaultPayloadConverter } from '@temporalio/client';
import type { HistoryEvent } from '../../client/historyPages.ts';

/** How an execution ended; `continued` is no end for whoever follows it. */
export type Ending = 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timedOut' | 'continued';

/** What happened. Ids are those of other events of the same execution. */
export type RecordedContent =
  | { type: 'started'; workflow: string; input: unknown; summary?: string; identity: string }
  | { type: 'taskStarted' }
  | { type: 'taskCompleted'; startedId: number; identity: string }
  | { type: 'taskFailed'; message: string }
  | { type: 'scheduled'; activity: string; input: unknown }
  /** Written together with the end of the activity; `lastFailure` is why the attempt before failed. */
  | { type: 'activityStarted'; scheduledId: number; attempt: number; lastFailure?: string }
  | { type: 'activityCompleted'; scheduledId: number; result: unknown }
  | { type: 'activityFailed'; scheduledId: number; message: string }
  | { type: 'activityCancelled'; scheduledId: number }
  /** An activity in the worker's own process. `endedAt` is the workflow's clock when it went on. */
  | { type: 'local'; activity: string; endedAt: number; result: unknown; isFailed: boolean }
  | { type: 'timerStarted'; summary: string; lengthMs: number }
  | { type: 'timerFired'; startedId: number }
  | { type: 'message'; name: string; input: unknown; identity: string }
  | { type: 'cancelRequested'; identity: string; cause: string }
  | { type: 'ended'; how: Ending; message: string; identity: string };

/** `time` is epoch milliseconds by Temporal's clock. */
export type RecordedEvent = RecordedContent & { id: number; time: number };

/** One kind of events, for functions that treat no other. */
export type Recorded<Type extends RecordedContent['type']> = Extract<RecordedEvent, { type: Type }>;

/** @returns undefined for an event that tells nothing of a rollout */
export function recordedEvent(event: HistoryEvent): RecordedEvent | undefined {
  const content = workflowContent(event) ?? activityContent(event) ?? waitingContent(event) ?? endOf(event);
  return content && { id: Number(event.eventId ?? 0), time: milliseconds(event.eventTime), ...content };
}

/** The fields of something that was recorded; none where it is no object. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A text out of something that was recorded; '' where it is none. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function workflowContent(event: HistoryEvent): RecordedContent | undefined {
  const started = event.workflowExecutionStartedEventAttributes;
  if (started) {
    const summary = textOf(valueOf(event.userMetadata?.summary));
    return {
      type: 'started',
      workflow: started.workflowType?.name ?? '',
      input: firstOf(started.input),
      ...(summary !== '' && { summary }),
      identity: started.identity ?? '',
    };
  }
  if (event.workflowTaskStartedEventAttributes) return { type: 'taskStarted' };
  const completed = event.workflowTaskCompletedEventAttributes;
  if (completed) {
    return {
      type: 'taskCompleted',
      startedId: Number(completed.startedEventId ?? 0),
      identity: completed.identity ?? '',
    };
  }
  const failed = event.workflowTaskFailedEventAttributes;
  return failed ? { type: 'taskFailed', message: sentenceOf(failed.failure) } : undefined;
}

function activityContent(event: HistoryEvent): RecordedContent | undefined {
  const scheduled = event.activityTaskScheduledEventAttributes;
  if (scheduled) {
    return { type: 'scheduled', activity: scheduled.activityType?.name ?? '', input: firstOf(scheduled.input) };
  }
  const started = event.activityTaskStartedEventAttributes;
  if (started) {
    return {
      type: 'activityStarted',
      scheduledId: Number(started.scheduledEventId ?? 0),
      attempt: started.attempt ?? 1,
      ...(started.lastFailure && { lastFailure: sentenceOf(started.lastFailure) }),
    };
  }
  const completed = event.activityTaskCompletedEventAttributes;
  if (completed) {
    const scheduledId = Number(completed.scheduledEventId ?? 0);
    return { type: 'activityCompleted', scheduledId, result: firstOf(completed.result) };
  }
  const failed = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
  if (failed) {
    return {
      type: 'activityFailed',
      scheduledId: Number(failed.scheduledEventId ?? 0),
      message: sentenceOf(failed.failure),
    };
  }
  const cancelled = event.activityTaskCanceledEventAttributes;
  return cancelled
    ? { type: 'activityCancelled', scheduledId: Number(cancelled.scheduledEventId ?? 0) }
    : localActivity(event);
}

function localActivity({ markerRecordedEventAttributes: marker }: HistoryEvent): RecordedContent | undefined {
  if (marker?.markerName !== 'core_local_activity') return undefined;
  const data = fieldsOf(firstOf(marker.details?.data));
  return {
    type: 'local',
    activity: textOf(data.activity_type),
    endedAt: milliseconds(fieldsOf(data.complete_time)),
    result: firstOf(marker.details?.result),
    isFailed: Boolean(marker.failure),
  };
}

function waitingContent(event: HistoryEvent): RecordedContent | undefined {
  const timer = event.timerStartedEventAttributes;
  if (timer) {
    const summary = textOf(valueOf(event.userMetadata?.summary));
    return { type: 'timerStarted', summary, lengthMs: milliseconds(timer.startToFireTimeout) };
  }
  const fired = event.timerFiredEventAttributes;
  if (fired) return { type: 'timerFired', startedId: Number(fired.startedEventId ?? 0) };
  const signal = event.workflowExecutionSignaledEventAttributes;
  if (signal) {
    const { signalName, identity, input } = signal;
    return { type: 'message', name: signalName ?? '', input: firstOf(input), identity: identity ?? '' };
  }
  const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest;
  if (update) {
    const { input, meta } = update;
    return {
      type: 'message',
      name: input?.name ?? '',
      input: firstOf(input?.args),
      identity: meta?.identity ?? '',
    };
  }
  const cancel = event.workflowExecutionCancelRequestedEventAttributes;
  return cancel ? { type: 'cancelRequested', identity: cancel.identity ?? '', cause: cancel.cause ?? '' } : undefined;
}

function endOf(event: HistoryEvent): RecordedContent | undefined {
  const completed = event.workflowExecutionCompletedEventAttributes;
  if (completed) return ended('completed', textOf(fieldsOf(firstOf(completed.result)).message));
  const failed = event.workflowExecutionFailedEventAttributes;
  if (failed) return ended('failed', sentenceOf(failed.failure));
  if (event.workflowExecutionCanceledEventAttributes) return ended('cancelled');
  if (event.workflowExecutionTimedOutEventAttributes) return ended('timedOut');
  if (event.workflowExecutionContinuedAsNewEventAttributes) return ended('continued');
  const terminated = event.workflowExecutionTerminatedEventAttributes;
  return terminated ? ended('terminated', terminated.reason ?? '', terminated.identity ?? '') : undefined;
}

function ended(how: Ending, message = '', identity = ''): RecordedContent {
  return { type: 'ended', how, message, identity };
}

type Failure = NonNullable<NonNullable<HistoryEvent['workflowExecutionFailedEventAttributes']>['failure']>;

/** The innermost sentence: what the activity said, without Temporal's wrapping. */
function sentenceOf(failure: Failure | null | undefined): string {
  if (failure?.activityFailureInfo && failure.cause) return sentenceOf(failure.cause);
  return failure?.message ?? '';
}

type Payload = NonNullable<Parameters<typeof defaultPayloadConverter.fromPayload>[0]>;

function firstOf(payloads: { payloads?: Payload[] | null } | null | undefined): unknown {
  return valueOf(payloads?.payloads?.[0]);
}

/** What somebody has written in a form of their own stays unknown, and the rest can still be told. */
function valueOf(payload: Payload | null | undefined): unknown {
  if (!payload) return undefined;
  try {
    return defaultPayloadConverter.fromPayload(payload);
  } catch {
    return undefined;
  }
}

/** Of a time or a span; seconds may come as the wide numbers of the wire. */
function milliseconds(time: { seconds?: unknown; nanos?: unknown } | null | undefined): number {
  return Number(time?.seconds ?? 0) * 1000 + Math.floor(Number(time?.nanos ?? 0) / 1e6);
}
