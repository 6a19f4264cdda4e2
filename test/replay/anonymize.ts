/** Takes out of a history what tells of the machine on which it was recorded; no replay looks at any of it. */

/** A replacer for `JSON.stringify`. */
export function withoutMachine(key: string, value: unknown): unknown {
  if (key === 'identity') return 'worker';
  if (key === 'stackTrace') return '';
  if (key === 'taskQueue' && isSticky(value)) return { ...value, name: 'sticky' };
  return value;
}

function isSticky(value: unknown): value is { kind: string } {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'TASK_QUEUE_KIND_STICKY';
}
