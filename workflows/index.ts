/** Everything exported here is registered with Temporal under its own name. */
export { stagedUpdateRun } from './stagedUpdateRun.ts';
export { rollingUpdate } from './rollingUpdate.ts';
