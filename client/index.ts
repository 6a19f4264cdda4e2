/**
 * Flotilla for other programs: start, approve, look at and follow staged update runs through Temporal.
 *
 * ```ts
 * const flotilla = await connectFlotilla();
 * await flotilla.start({
 *   name: 'example-run',
 *   placementName: 'example-placement',
 *   resourceSnapshotIndex: '1',
 *   stagedRolloutStrategyName: 'example-strategy',
 * });
 * for await (const view of flotilla.watch('example-run')) console.log(view.phase, view.message);
 * await flotilla.close();
 * ```
 */
export { connectFlotilla } from './connect.ts';
export type { ConnectOptions } from './connect.ts';
export { FlotillaClient } from './flotillaClient.ts';
export type { ApproveOptions, FlotillaClientOptions, NewRun, StartedRun, WatchOptions } from './flotillaClient.ts';
export { FlotillaError } from './errors.ts';
export type { FlotillaErrorKind } from './errors.ts';
export type { ApproveAnswer } from '../workflows/messages.ts';
export type { ClusterView, RunStatusView, StageView } from '../domain/runs/view.ts';
