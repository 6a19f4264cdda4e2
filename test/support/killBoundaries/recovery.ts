/** How long a killed worker holds a run up: figures for people, which no test asserts. */
import { summarize } from '../../../bench/statistics.ts';
import { describeBoundary, type Boundary } from './boundaries.ts';
import type { PlayedRun } from './play.ts';
import { stages } from './stages.ts';

const aims = {
  cluster: 'the next cluster is written to',
  behindWait: 'the same, where a timed wait of 1 s lies in between',
  end: 'the run has succeeded, where no cluster was left',
} as const;

/** One kill. */
export interface Recovery {
  boundary: Boundary;
  /** What came next for the run. */
  until: keyof typeof aims;
  /** Milliseconds from the kill to that. */
  took: number;
}

/** @returns undefined for a run whose worker was not killed */
export function recoveryOf(boundary: Boundary, { kill, writes, endedAt }: PlayedRun): Recovery | undefined {
  if (kill === undefined) return undefined;
  const begun = new Set(writes.filter(({ time }) => time <= kill.deadAt).map(({ member }) => member));
  const next = writes.find(({ member, time }) => time > kill.deadAt && !begun.has(member));
  if (next === undefined) return { boundary, until: 'end', took: Math.max(0, endedAt - kill.at) };
  const until = next.member === stages[1]?.clusters[0] ? 'behindWait' : 'cluster';
  return { boundary, until, took: next.time - kill.at };
}

/** A table in Markdown, as docs/performance.md shows it. */
export function recoveryTable(recoveries: readonly Recovery[]): string {
  const rows = Object.entries(aims).flatMap(([until, text]) => {
    const took = recoveries.filter((recovery) => recovery.until === until).map((recovery) => recovery.took);
    if (took.length === 0) return [];
    const { median, largest, runs } = summarize(took);
    return [`| ${text} | ${String(runs)} | ${seconds(median)} | ${seconds(largest)} |`];
  });
  return ['| From the kill until … | Kills | Median, s | Worst, s |', '| --- | --: | --: | --: |', ...rows].join('\n');
}

/** One line for each kill. */
export function recoveryLines(recoveries: readonly Recovery[]): string {
  return recoveries
    .map(({ boundary, until, took }) => `${describeBoundary(boundary)}: ${aims[until]} after ${seconds(took)} s`)
    .join('\n');
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(1);
}
