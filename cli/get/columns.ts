/** Columns of a table about objects of the hub. */
import { findCondition } from '../../api/conditions.ts';
import type { Condition, KubernetesObject } from '../../api/meta.ts';
import { age } from './ages.ts';

export interface Column<T extends KubernetesObject = KubernetesObject> {
  header: string;
  /** Shown only with `-o wide`. */
  wide?: boolean;
  /** The cell; '' where there is nothing to say. `now` is in milliseconds since the epoch. */
  cell(object: T, now: number): string;
}

export const nameColumn: Column = { header: 'NAME', cell: ({ metadata }) => metadata.name };

export const namespaceColumn: Column = {
  header: 'NAMESPACE',
  cell: ({ metadata }) => metadata.namespace ?? '<none>',
};

export const ageColumn: Column = { header: 'AGE', cell: ({ metadata }, now) => age(metadata.creationTimestamp, now) };

/** Which columns a table has. */
export interface TableLayout {
  wide: boolean;
  /** Objects of more than one namespace. */
  withNamespace: boolean;
}

export function chosenColumns<T extends KubernetesObject>(
  columns: readonly Column<T>[],
  { wide, withNamespace }: TableLayout,
): Column<T>[] {
  const chosen = columns.filter((column) => wide || column.wide !== true);
  return withNamespace ? [namespaceColumn, ...chosen] : chosen;
}

/** Status of a condition as a cell; '' while nobody has written it. */
export function conditionCell(conditions: readonly Condition[] | undefined, type: string): string {
  return findCondition(conditions, type)?.status ?? '';
}
