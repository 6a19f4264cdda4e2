export { cleanForSnapshot } from './clean.ts';
export { selectorsConcern } from './concern.ts';
export { groupAndVersion, identifierOf, identityKey } from './identifiers.ts';
export { belongsToNamespaceContents, isDisabledKind, isReservedNamespace } from './kinds.ts';
export type { ServedKind } from './kinds.ts';
export { isNeverSelected } from './neverSelected.ts';
export { compareForSnapshot } from './order.ts';
export { selectResources } from './select.ts';
export type { ResourceSource, Selection } from './select.ts';
