/** A plan for a terminal or the log of a pipeline. Pure: the same report and paper give the same lines. */
import { changeCounts, isDifferent } from '../changes/changeCounts.ts';
import { nextLines } from '../nextLines.ts';
import { clusterCount, count, quantity } from '../run/counts.ts';
import { paint, symbolsFor, type Style } from '../run/ink.ts';
import { span } from '../run/times.ts';
import type { Paper } from '../run/tree.ts';
import { hanging, wrap } from '../run/wrap.ts';
import type { ChangesGroup } from './changes.ts';
import type { PlanProblem, PlanReport, ReportedStage } from './report.ts';

/** Narrower terminals break lines themselves. */
const narrowest = 40;
/** So many of each are spelled out; `-o json` has all of them. */
const most = { waves: 6, groups: 10, objects: 20, fields: 6, problems: 20 };

/** Ends with a line feed. Lines keep to the width, but for commands, which are there to be copied. */
export function planText(report: PlanReport, paper: Paper): string {
  const page = { ...paper, width: Math.max(narrowest, paper.width) };
  const lines = [
    ...headLines(report, page),
    ...stagesLines(report, page),
    ...changesLines(report, page),
    ...problemLines(report.problems, page),
    ...report.notes.flatMap((note) => hanging('note: ', note, page.width)),
    ...nextLines(report.next, (command) => paint('bold', command, page)),
  ];
  return `${lines.join('\n')}\n`;
}

function headLines(report: PlanReport, page: Paper): string[] {
  const { run, placement, revision, stages, problems, canRun } = report;
  const clusters = stages.reduce((sum, { waves }) => sum + waves.flat().length, 0);
  const what = revision === undefined ? placement : `revision ${revision} of ${placement}`;
  const where = stages.length === 0 ? '' : ` to ${clusterCount(clusters)} in ${quantity(stages.length, 'stage')}`;
  const style: Style = canRun ? 'green' : 'red';
  const verdict = canRun ? 'can run' : `cannot run as it is: ${quantity(problems.length, 'problem')}`;
  return [
    ...wrap(`${run} ${canRun ? 'brings' : 'would bring'} ${what}${where}`, page.width),
    paint(style, verdict, page),
    ...estimateLines(report, page),
  ];
}

function estimateLines({ estimate }: PlanReport, page: Paper): string[] {
  if (estimate === undefined) return [];
  const { totalSeconds, waitSeconds, approvals, secondsPerCluster = 0, clustersSeen } = estimate;
  const plus = approvals === 0 ? '' : ` + ${quantity(approvals, 'approval')}`;
  const seen = `${secondsPerCluster} s a cluster, as in the last ${quantity(clustersSeen, 'update')}`;
  const waits = waitSeconds === 0 ? '' : `, ${span(waitSeconds * 1000)} of it to wait`;
  const known = waitSeconds === 0 ? '' : `${span(waitSeconds * 1000)} to wait${plus} + `;
  const text =
    totalSeconds === undefined
      ? `takes ${known}an unknown time for the clusters${known === '' ? plus : ''} (no earlier run has updated any)`
      : `takes about ${span(totalSeconds * 1000)}${plus} (${seen}${waits})`;
  return wrap(text, page.width);
}

function stagesLines({ stages, removals }: PlanReport, page: Paper): string[] {
  const removal = removals.length === 0 ? [] : [{ name: 'removal', ...removalStage(removals) }];
  const all = [...stages, ...removal];
  return all.flatMap((stage, index) => stageLines(stage, index === all.length - 1, page));
}

/** All of them at once, and no gates. */
function removalStage(removals: string[]): Omit<ReportedStage, 'name'> {
  return { maxConcurrency: removals.length, before: [], waves: [removals], after: [] };
}

function stageLines(
  { name, maxConcurrency, before, waves, after }: ReportedStage,
  isLast: boolean,
  page: Paper,
): string[] {
  const symbols = symbolsFor(page);
  const clusters = waves.flat().length;
  const turns =
    waves.length < 2 ? '' : `, ${maxConcurrency} at a time${maxConcurrency === 1 ? '' : `, ${waves.length} waves`}`;
  const head = `${isLast ? symbols.lastBranch : symbols.branch} ${paint('bold', name, page)}  ${clusterCount(clusters)}${turns}`;
  const indent = `${isLast ? ' ' : symbols.stem}    `;
  const width = page.width - indent.length;
  const lines = [...before, ...waveLines(waves, maxConcurrency, width), ...after];
  return [head, ...lines.flatMap((line) => wrap(line, width)).map((line) => indent + line)];
}

/** One after the other they are one list. */
function waveLines(waves: readonly string[][], maxConcurrency: number, width: number): string[] {
  if (waves.length === 0) return [];
  if (maxConcurrency === 1 || waves.length === 1) return [someOf(waves.flat(), 2 * width)];
  const shown = waves.length <= most.waves ? waves : waves.slice(0, most.waves - 1);
  const lines = shown.map((wave, index) => {
    const word = `wave ${index + 1}: `;
    return word + someOf(wave, width - word.length);
  });
  const hidden = waves.slice(shown.length);
  return hidden.length === 0
    ? lines
    : [...lines, `and ${quantity(hidden.length, 'more wave')} of ${clusterCount(hidden.flat().length)}`];
}

function changesLines({ changes }: PlanReport, page: Paper): string[] {
  if (changes.length === 0) return [];
  const hidden = changes.slice(most.groups);
  const more = hidden.flatMap(({ clusters }) => clusters).length;
  return [
    'changes:',
    ...changes.slice(0, most.groups).flatMap((group) => groupLines(group, page)),
    ...(hidden.length === 0 ? [] : [`  and other changes on ${clusterCount(more)}`]),
  ];
}

function groupLines(group: ChangesGroup, page: Paper): string[] {
  const { clusters, added, changed, removed } = group;
  const width = page.width - 4;
  const head = hanging('  ', `${someOf(clusters, page.width)}: ${summaryOf(group)}`, page.width);
  const lines = [
    ...added.map((object) => ({ symbol: '+', style: 'green' as const, text: object })),
    ...changed.map(({ object, fields }) => ({
      symbol: '~',
      style: 'yellow' as const,
      text: `${object}: ${fieldsText(fields)}`,
    })),
    ...removed.map((object) => ({ symbol: '-', style: 'red' as const, text: object })),
  ];
  const shown = lines
    .slice(0, most.objects)
    .flatMap(({ symbol, style, text }) => hanging(`${symbol} `, text, width).map((line) => paint(style, line, page)));
  const more = lines.length - most.objects;
  const rest = more > 0 ? [`and ${quantity(more, 'more object')}`] : [];
  return [...head, ...[...shown, ...rest].map((line) => `    ${line}`)];
}

function summaryOf({ source, note, ...changes }: ChangesGroup): string {
  const why = note === undefined ? '' : ` (${note})`;
  if (source === 'upToDate') return 'nothing to do, all of it is there';
  if (source === 'unknown') return `cannot be told${why}`;
  const counts = isDifferent(changes) ? changeCounts(changes) : 'no changes';
  return source === 'member' ? counts : `${counts}, from one revision to the other${why}`;
}

function fieldsText(fields: readonly string[]): string {
  const more = fields.length - most.fields;
  return [...fields.slice(0, most.fields), ...(more > 0 ? [quantity(more, 'more field')] : [])].join(', ');
}

function problemLines(problems: readonly PlanProblem[], page: Paper): string[] {
  if (problems.length === 0) return [];
  const lines = problems.slice(0, most.problems).flatMap(({ message, clusters }) => {
    const where = clusters === undefined ? '' : `${someOf(clusters, page.width)}: `;
    return hanging(`  ${symbolsFor(page).failed} `, where + message, page.width).map((line) =>
      paint('red', line, page),
    );
  });
  const more = problems.length - most.problems;
  return ['problems:', ...lines, ...(more > 0 ? [`  and ${quantity(more, 'more problem')}`] : [])];
}

/** As many names as fit, and how many there are besides. */
function someOf(names: readonly string[], width: number): string {
  let shown = 0;
  let length = ' and 1,000 more'.length;
  for (const name of names) {
    length += name.length + 2;
    if (shown > 0 && length > width) break;
    shown += 1;
  }
  const more = names.length - shown;
  return names.slice(0, shown).join(', ') + (more > 0 ? ` and ${count(more)} more` : '');
}
