/** Taints as they are typed, in kubectl's way. */
import { InvalidArgumentError } from 'commander';
import type { Taint } from '../api/types/membercluster.ts';

const pattern = /^(?<key>[^=:]+)(?:=(?<value>[^:]*))?(?::(?<effect>[^:]*))?$/;
const key = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const value = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** Reads `key=value:NoSchedule`; the value, and the effect, of which there is only this one, may be left out. */
export function parseTaint(text: string): Taint {
  const groups = pattern.exec(text)?.groups ?? {};
  const { effect = 'NoSchedule' } = groups;
  if (effect !== 'NoSchedule') {
    throw new InvalidArgumentError(`"${text}" has the effect "${effect}"; members know NoSchedule only.`);
  }
  if (groups.key === undefined || !key.test(groups.key) || !value.test(groups.value ?? '')) {
    throw new InvalidArgumentError(`"${text}" is not a taint of the form key=value:NoSchedule.`);
  }
  return { key: groups.key, ...(groups.value !== undefined && { value: groups.value }), effect: 'NoSchedule' };
}

/** The taints with `added`; of two with one key the added one stays. */
export function mergeTaints(present: readonly Taint[], added: readonly Taint[]): Taint[] {
  const keys = new Set(added.map((taint) => taint.key));
  return [...present.filter((taint) => !keys.has(taint.key)), ...added];
}
