export { resourcesOf } from './resources.ts';
export type { MemberResources, Node, Pod } from './resources.ts';
export { heartbeatDueAt, heartbeatPeriodMs, isWorthWriting, memberStatus } from './status.ts';
export type { Probe } from './status.ts';
