import type { SchedulerPlugin } from './plugins.ts';

/** Refuses clusters with a taint. Policies cannot name tolerations yet, so every taint counts. */
export const taintToleration: SchedulerPlugin = {
  name: 'TaintToleration',
  filter({ spec }) {
    const taint = spec.taints?.[0];
    if (taint === undefined) return undefined;
    const { key, value = '', effect } = taint;
    return `taint &{Key:${key} Value:${value} Effect:${effect}} cannot be tolerated`;
  },
};
