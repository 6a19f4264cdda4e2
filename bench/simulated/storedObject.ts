/** An object as a simulated member keeps it: never changed in place, so that lists and watches may share it. */
import type { KubernetesObject } from '../../api/meta.ts';

export type StoredObject = KubernetesObject & Record<string, unknown>;
