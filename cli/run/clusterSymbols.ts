/** Clusters of a stage as symbols: with their names where those fit into a line, else one after the other. */
import { paint, styles, symbolsFor, type Ink } from './ink.ts';
import type { ClusterPicture, ClusterState } from './picture.ts';

/** More lines of symbols would hide the next stage. */
const maximumLines = 3;

export interface ClusterSymbols {
  lines: string[];
  /** How many clusters one symbol stands for. */
  each: number;
}

export function clusterSymbols(clusters: readonly ClusterPicture[], width: number, ink: Ink): ClusterSymbols {
  if (clusters.length === 0) return { lines: [], each: 1 };
  const withNames = clusters.map(({ name, state }) => `${symbolsFor(ink)[state]} ${name}`);
  if (withNames.join('  ').length <= width) {
    const painted = clusters.map(({ state }, index) => paint(styles[state], withNames[index] ?? '', ink));
    return { lines: [painted.join('  ')], each: 1 };
  }
  const each = Math.ceil(clusters.length / (width * maximumLines));
  const states = chunks(
    clusters.map(({ state }) => state),
    each,
  ).map(stateOfSeveral);
  return { lines: chunks(states, width).map((line) => paintStates(line, ink)), each };
}

/** What most needs to be seen of several clusters that share a symbol. */
function stateOfSeveral(states: readonly ClusterState[]): ClusterState {
  for (const state of ['failed', 'troubled', 'updating'] as const) if (states.includes(state)) return state;
  const [first = 'pending'] = states;
  return states.every((state) => state === first) ? first : 'updating';
}

/** One stretch of a colour needs one pair of codes. */
function paintStates(states: readonly ClusterState[], ink: Ink): string {
  const symbols = symbolsFor(ink);
  let line = '';
  let from = 0;
  states.forEach((state, index) => {
    if (states[index + 1] === state) return;
    line += paint(styles[state], symbols[state].repeat(index + 1 - from), ink);
    from = index + 1;
  });
  return line;
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
