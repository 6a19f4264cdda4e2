export { availabilityOf } from './availability.ts';
export type { Availability } from './availability.ts';
export { inventoryDifference, inventoryEntry } from './inventory.ts';
export type { InventoryDifference } from './inventory.ts';
export { ownerReference, prepareManifest } from './manifest.ts';
export { waveNumber, wavesOf } from './waves.ts';
