/**
 * A real Temporal server in memory with a worker whose activities are fakes: what the workflow decides is tested here,
 * what activities do is tested against API servers. Time is skipped by the server itself, for single executions.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { defaultPayloadConverter, defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { ClusterOutcome, ClusterTarget } from '../../activities/members/index.ts';
import type { ReadRolloutInput, RolloutLook } from '../../activities/placements/index.ts';
import type {
  AcceptApprovalInput,
  AcceptApprovalResult,
  BeginInput,
  BeginResult,
  RequestApprovalInput,
  RequestApprovalResult,
  RequestStateInput,
  ReviewInput,
  ReviewResult,
  WriteStatusInput,
} from '../../activities/runs/types.ts';
import {
  rollingUpdateWorkflowId,
  searchAttributeNames,
  stagedUpdateRunWorkflowId,
  taskQueues,
  workflowTypes,
} from '../../api/temporal.ts';
import { pins } from '../../local/binaries/pins.ts';
import { cachePath, locate } from '../../local/binaries/locate.ts';
import { ensureWorkflowBundle } from '../../worker/workflowBundle.ts';
import type { RollingUpdateInput } from '../../workflows/rollingUpdate.ts';
import type { StagedUpdateRunInput } from '../../workflows/runInput.ts';

/** Number of events after which the test server suggests to continue as new. */
export const suggestedHistoryLength = 150;

/** What the fakes answer; a test overrides what it is about. */
export interface FakeActivities {
  beginRun(input: BeginInput): Promise<BeginResult>;
  writeStatus(input: WriteStatusInput): Promise<{ gone: boolean }>;
  requestApproval(input: RequestApprovalInput): Promise<RequestApprovalResult>;
  acceptApproval(input: AcceptApprovalInput): Promise<AcceptApprovalResult>;
  reviewRun(input: ReviewInput): Promise<ReviewResult>;
  requestState(input: RequestStateInput): Promise<void>;
  /** Of rolling updates only. */
  readRollout?(input: ReadRolloutInput): Promise<RolloutLook>;
  updateCluster(target: ClusterTarget): Promise<ClusterOutcome>;
  removeCluster(target: { cluster: string }): Promise<ClusterOutcome>;
}

/** The same for rolling updates. */
export interface FakeRolloutActivities extends Pick<FakeActivities, 'updateCluster' | 'removeCluster'> {
  readRollout(input: ReadRolloutInput): Promise<RolloutLook>;
}

const logger = new DefaultLogger('ERROR');

const dynamicConfiguration = [
  'frontend.WorkflowTimeSkippingEnabled=true',
  // The server suggests to continue as new after 4,096 events; so that a test need not make so many:
  `limit.historyCount.suggestContinueAsNew=${String(suggestedHistoryLength)}`,
];

export class WorkflowTestServer {
  readonly #environment: TestWorkflowEnvironment;

  private constructor(environment: TestWorkflowEnvironment) {
    this.#environment = environment;
  }

  static async start(): Promise<WorkflowTestServer> {
    Runtime.install({ logger, telemetryOptions: { logging: { forward: {} } } });
    const path = (await locate(pins.temporal)) ?? cachePath(pins.temporal);
    const environment = await TestWorkflowEnvironment.createLocal({
      server: {
        executable: { type: 'existing-path', path },
        searchAttributes: Object.values(searchAttributeNames).map((name) =>
          defineSearchAttributeKey(name, SearchAttributeType.KEYWORD),
        ),
        extraArgs: dynamicConfiguration.flatMap((value) => ['--dynamic-config-value', value]),
      },
    });
    return new WorkflowTestServer(environment);
  }

  get client(): Client {
    return this.#environment.client;
  }

  /** Runs `body` while workers serve both task queues with `fakes`. */
  async withWorkers<T>(fakes: Partial<FakeActivities & FakeRolloutActivities>, body: () => Promise<T>): Promise<T> {
    const codePath = await ensureWorkflowBundle({ cacheFolder: join(tmpdir(), 'flotilla-test'), logger });
    const connection = await NativeConnection.connect({ address: this.#environment.address });
    const options = {
      connection,
      activities: fakes,
      shutdownForceTime: '5s',
      maxHeartbeatThrottleInterval: '100ms',
    } as const;
    const hub = await Worker.create({ ...options, taskQueue: taskQueues.hub, workflowBundle: { codePath } });
    const members = await Worker.create({ ...options, taskQueue: taskQueues.members });
    try {
      return await hub.runUntil(members.runUntil(body()));
    } finally {
      await connection.close();
    }
  }

  /** Starts a run whose own clock skips over everything it waits for. */
  startRun(input: StagedUpdateRunInput): Promise<WorkflowHandle> {
    return this.#start(workflowTypes.stagedUpdateRun, stagedUpdateRunWorkflowId(input), input);
  }

  /** The same for the rolling update of a placement. */
  startRollout(input: RollingUpdateInput): Promise<WorkflowHandle> {
    return this.#start(workflowTypes.rollingUpdate, rollingUpdateWorkflowId(input), input);
  }

  async #start(type: string, workflowId: string, input: object): Promise<WorkflowHandle> {
    await this.client.connection.workflowService.startWorkflowExecution({
      namespace: this.client.options.namespace,
      workflowId,
      requestId: randomUUID(),
      workflowType: { name: type },
      taskQueue: { name: taskQueues.hub },
      input: { payloads: [defaultPayloadConverter.toPayload(input)] },
      timeSkippingConfig: { enabled: true },
    });
    return this.client.workflow.getHandle(workflowId);
  }

  async stop(): Promise<void> {
    await this.#environment.teardown();
  }
}
