export { buildBinding, nameOfBinding } from './bindings.ts';
export { clusterEligibility, reasonNotEligible } from './eligibility.ts';
export type { ClusterScores, SchedulerPlugin, SchedulingContext } from './plugins.ts';
export { planPolicySnapshot } from './policySnapshots.ts';
export type { PolicySnapshotPlan } from './policySnapshots.ts';
export { defaultPlugins, schedule } from './schedule.ts';
export type { BindingOperation, Schedule, ScheduleInput } from './schedule.ts';
