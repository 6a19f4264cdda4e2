/** How long the workflow histories of runs have become, every execution of a run that continued as new included. */
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection, type WorkflowExecutionInfo } from '@temporalio/client';
import { stagedUpdateRunWorkflowId } from '../../api/temporal.ts';
import type { Fleet } from '../../local/fleet.ts';

/** Of some runs together. */
export interface HistoryLength {
  events: number;
  bytes: number;
  executions: number;
}

const listedWithinMs = 30_000;

/** Lengths of the histories of runs that have ended. */
export async function lengthOfHistories(fleet: Fleet, runs: readonly string[]): Promise<HistoryLength> {
  const connection = await Connection.connect({ address: fleet.temporalAddress });
  try {
    const client = new Client({ connection });
    const lengths = await Promise.all(runs.map((run) => lengthOf(client, run)));
    return {
      events: sum(lengths.map(({ events }) => events)),
      bytes: sum(lengths.map(({ bytes }) => bytes)),
      executions: sum(lengths.map(({ executions }) => executions)),
    };
  } finally {
    await connection.close();
  }
}

/** Temporal lists an execution a moment after it has ended, so this waits for the last one to be listed as such. */
async function lengthOf(client: Client, run: string): Promise<HistoryLength> {
  const workflowId = stagedUpdateRunWorkflowId({ name: run });
  const deadline = Date.now() + listedWithinMs;
  for (;;) {
    const executions = await listed(client, workflowId);
    const isOver = executions.some(({ status }) => status.name === 'COMPLETED');
    if (isOver && executions.every(({ status }) => status.name !== 'RUNNING')) {
      return {
        events: sum(executions.map(({ historyLength }) => historyLength)),
        bytes: sum(executions.map(({ historySize }) => historySize ?? 0)),
        executions: executions.length,
      };
    }
    if (Date.now() > deadline) throw new Error(`Temporal does not list workflow ${workflowId} as completed.`);
    await delay(100);
  }
}

async function listed(client: Client, workflowId: string): Promise<WorkflowExecutionInfo[]> {
  const executions: WorkflowExecutionInfo[] = [];
  for await (const execution of client.workflow.list({ query: `WorkflowId = "${workflowId}"` })) {
    executions.push(execution);
  }
  return executions;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
