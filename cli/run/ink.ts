/** Colours and characters that a terminal can show. */
import { styleText } from 'node:util';

/** What may be used. */
export interface Ink {
  /** Colour and other effects; without it the text is plain. */
  colour: boolean;
  /** Characters beyond ASCII. */
  unicode: boolean;
}

export type Style = Parameters<typeof styleText>[0];

export function paint(style: Style, text: string, { colour }: Ink): string {
  // The caller has decided; the stream that Node would ask is not known here.
  return colour && text !== '' ? styleText(style, text, { validateStream: false }) : text;
}

/** Every character of the picture that is not ASCII, and what stands for it where only that can be shown. */
export function symbolsFor({ unicode }: Ink): typeof unicodeSymbols {
  return unicode ? unicodeSymbols : asciiSymbols;
}

const unicodeSymbols = {
  succeeded: '✔',
  failed: '✖',
  troubled: '!',
  updating: '▸',
  waiting: '◷',
  stopped: '■',
  pending: '·',
  to: '→',
  branch: '├─',
  lastBranch: '└─',
  stem: '│',
};

const asciiSymbols: typeof unicodeSymbols = {
  succeeded: '+',
  failed: 'x',
  troubled: '!',
  updating: '>',
  waiting: '~',
  stopped: '=',
  pending: '.',
  to: '->',
  branch: '|-',
  lastBranch: '`-',
  stem: '|',
};

/** Styles by how far a cluster or a stage is. */
export const styles = {
  succeeded: 'green',
  failed: 'red',
  troubled: 'red',
  updating: 'cyan',
  waiting: 'yellow',
  stopped: 'yellow',
  pending: 'dim',
} as const satisfies Record<string, Style>;
