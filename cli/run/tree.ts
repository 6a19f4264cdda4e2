/** The picture of a run as text. Pure: the same picture, time and paper give the same lines. */
import { formatReference } from '../../api/references.ts';
import { nextLines } from '../nextLines.ts';
import { shortWhy } from '../why/shortWhy.ts';
import { countDone } from './clusterStates.ts';
import { clusterSymbols } from './clusterSymbols.ts';
import { clusterCount, count, quantity } from './counts.ts';
import { estimate } from './estimate.ts';
import { fitStages } from './height.ts';
import { paint, styles, symbolsFor, type Ink, type Style } from './ink.ts';
import { nextActions } from './nextActions.ts';
import { phaseStyle, phaseWords } from './phases.ts';
import { clustersOf, type ClusterState, type RunPicture, type StagePicture } from './picture.ts';
import { gateWords, stageTime } from './stageWords.ts';
import { span, timeOfDay, type Clock } from './times.ts';
import { hanging, wrap } from './wrap.ts';

/** On what the text is to be shown. */
export interface Paper extends Ink {
  /** Columns. */
  width: number;
  /** Lines, where the picture must not be taller. */
  height?: number;
}

/** So many clusters in trouble are spelled out in each stage. */
const troublesShown = 5;
/** Narrower terminals break lines themselves. */
const narrowest = 40;

/** One string for each line, none longer than the width but commands, which are there to be copied. */
export function runTree(picture: RunPicture, clock: Clock, paper: Paper): string[] {
  const page = { ...paper, width: Math.max(narrowest, paper.width) };
  const { removal } = picture;
  const stages = [...picture.stages, ...(removal === undefined ? [] : [removal])];
  const drawn = stages.map((stage, index) => ({
    state: stage.state,
    ...stageLines(stage, { stages, isLast: index === stages.length - 1, said: picture.message }, clock, page),
  }));
  const above = [
    ...headLines(picture, clock, page),
    ...whyLines(picture, clock, page),
    ...picture.notes.flatMap((note) => hanging('note: ', note, page.width)),
  ];
  const below = [
    // What could be done then can no longer be done.
    ...nextLines(picture.asOf === undefined ? nextActions(picture) : [], (command) => paint('bold', command, page)),
    ...legendLines(picture, Math.max(1, ...drawn.map(({ each }) => each)), page),
  ];
  const { height = Infinity } = page;
  return [...above, ...fitStages(drawn, height - above.length - below.length, page), ...below];
}

function headLines(picture: RunPicture, clock: Clock, page: Paper): string[] {
  const { reference, placement, snapshot, phase, createdAt, endedAt } = picture;
  const clusters = picture.stages.reduce((sum, stage) => sum + stage.clusters.length, 0);
  const what = `${placement}${snapshot === undefined ? '' : ` snapshot ${snapshot}`}`;
  const where = picture.stages.length === 0 ? '' : ` ${symbolsFor(page).to} ${clusterCount(clusters)}`;
  const name = formatReference(reference);
  const moment = picture.asOf === undefined ? '' : `as of ${picture.asOf}`;
  const took = span((endedAt ?? clock.now) - createdAt);
  const times = [moment, took, estimateWords(picture, clock)].filter((text) => text !== '');
  const left = `${name}  ${what}${where}`;
  const right = [phaseWords[phase], ...times].join('  ');
  const paintedLeft = [...paintFirst(name, left, 'bold', page)];
  const paintedRight = [...paintFirst(phaseWords[phase], right, phaseStyle(phase), page)];
  if (left.length + 2 + right.length <= page.width) return [`${paintedLeft.join('')}  ${paintedRight.join('')}`];
  // The name may be as long as 63 characters.
  const below = [phaseWords[phase], ...times]
    .flatMap((part) => wrap(part, page.width - 2))
    .map((line, index) => `  ${index === 0 ? paint(phaseStyle(phase), line, page) : line}`);
  const beneath = right.length + 2 <= page.width ? [`  ${paintedRight.join('')}`] : below;
  return left.length <= page.width
    ? [paintedLeft.join(''), ...beneath]
    : [
        ...wrap(name, page.width).map((line) => paint('bold', line, page)),
        ...wrap(`${what}${where}`, page.width - 2).map((line) => `  ${line}`),
        ...beneath,
      ];
}

/** The text with its first words painted. */
function paintFirst(first: string, text: string, style: Style, ink: Ink): string[] {
  return [paint(style, first, ink), text.slice(first.length)];
}

function estimateWords(picture: RunPicture, clock: Clock): string {
  const found = estimate(picture, clock.now);
  if (found.type === 'over') return '';
  if (found.type === 'unknown') return 'ETA unknown';
  if (found.approvals === 0) return `ETA ${timeOfDay(clock.now + found.milliseconds, clock)}`;
  return `ETA ${span(found.milliseconds)} + ${quantity(found.approvals, 'approval')}`;
}

/** What keeps a cluster stands in full below its stage; here it ends with the line. */
function whyLines(picture: RunPicture, clock: Clock, page: Paper): string[] {
  const { sentence, detail } = shortWhy(picture, clock);
  const lines = hanging('why: ', detail === undefined ? sentence : `${sentence}: ${detail}`, page.width);
  if (detail === undefined || lines.length === 1) return lines;
  const [short = ''] = hanging('why: ', `${sentence}: ${detail}`, page.width - ' ...'.length);
  return [`${short} ...`];
}

interface Place {
  stages: readonly StagePicture[];
  isLast: boolean;
  /** What the run says of itself, which need not be said again. */
  said: string;
}

function stageLines(
  stage: StagePicture,
  { stages, isLast, said }: Place,
  clock: Clock,
  page: Paper,
): { lines: string[]; each: number } {
  const symbols = symbolsFor(page);
  const indent = `${isLast ? ' ' : symbols.stem}  `;
  const inner = page.width - indent.length - 2;
  const nameWidth = Math.max(...stages.map(({ name }) => name.length));
  const counts = (one: StagePicture): string => `${count(countDone(one.clusters))}/${count(one.clusters.length)}`;
  const countWidth = Math.max(...stages.map((one) => counts(one).length));
  const timeWidth = Math.max(...stages.map((one) => stageTime(one, clock.now).length));
  const fixed = [
    stage.name.padEnd(nameWidth),
    counts(stage).padEnd(countWidth),
    stageTime(stage, clock.now).padEnd(timeWidth),
  ];
  const head = `${isLast ? symbols.lastBranch : symbols.branch}${paint(styles[stage.state], symbols[stage.state], page)} `;
  const text = fixed.filter((part) => part !== '').join('  ');
  const gates = gateWords(stage, clock, true).join('; ');
  const { lines: clusters, each } = clusterSymbols(stage.clusters, inner, page);
  // Beside the head where it fits into the line, below it where it does not.
  const beside = gates !== '' && 4 + text.length + 2 + gates.length <= page.width;
  const below = gates === '' || beside ? [] : wrap(gates, inner);
  return {
    each,
    lines: [
      `${head}${beside ? `${text}  ${gates}` : text}`.trimEnd(),
      ...[...below, ...(isSpelledOut(stage, said) ? [] : clusters), ...troubleLines(stage, said, inner, page)].map(
        (line) => `${indent}  ${line}`,
      ),
    ],
  };
}

/** Whether every cluster is named with its trouble. */
function isSpelledOut({ clusters }: StagePicture, said: string): boolean {
  return clusters.length <= troublesShown && clusters.every(({ trouble }) => trouble !== undefined && trouble !== said);
}

function troubleLines({ clusters }: StagePicture, said: string, width: number, page: Paper): string[] {
  const troubled = clusters.filter(({ trouble }) => trouble !== undefined && trouble !== said);
  const lines = troubled
    .slice(0, troublesShown)
    .flatMap(({ name, state, trouble = '' }) =>
      hanging(`${symbolsFor(page)[state]} `, `${name}: ${trouble}`, width).map((line) =>
        paint(styles[state], line, page),
      ),
    );
  const more = troubled.length - troublesShown;
  return more > 0 ? [...lines, `and ${count(more)} more in trouble`] : lines;
}

const legendWords = {
  succeeded: 'done',
  updating: 'updating',
  troubled: 'in trouble',
  failed: 'failed',
  pending: 'not started',
} as const satisfies Record<ClusterState, string>;

function legendLines(picture: RunPicture, each: number, page: Paper): string[] {
  const present = new Set(clustersOf(picture).map(({ state }) => state));
  const words = (Object.keys(legendWords) as ClusterState[])
    .filter((state) => present.has(state))
    .map((state) => `${symbolsFor(page)[state]} ${legendWords[state]}`);
  if (words.length === 0) return [];
  if (each > 1) words.push(`up to ${each} clusters a symbol`);
  return hanging('      ', words.join(', '), page.width).map((line) => paint('dim', line, page));
}
