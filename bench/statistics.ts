/** Figures of several runs. Medians, because one slow run says something about the machine and not about the product. */

/** Milliseconds of one figure over all runs. */
export interface Summary {
  median: number;
  smallest: number;
  largest: number;
  runs: number;
}

/** @param values at least one */
export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? NaN;
  const lower = sorted[Math.ceil(middle) - 1] ?? NaN;
  return {
    median: (lower + upper) / 2,
    smallest: sorted[0] ?? NaN,
    largest: sorted.at(-1) ?? NaN,
    runs: sorted.length,
  };
}
