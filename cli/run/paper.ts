/** What the terminal in front of us can show. */
import { styleText } from 'node:util';
import { columnsOf } from '../foldText.ts';
import type { Paper } from './tree.ts';

/** Where nobody says how wide it is: a pipe, a log. */
const usualWidth = 80;

/**
 * The paper for a stream. Node knows NO_COLOR, FORCE_COLOR, TERM and whether the stream is a terminal at all.
 * @param ascii use ASCII only, whatever the locale says
 */
export function paperFor(
  stream: NodeJS.WriteStream,
  environment: Readonly<Record<string, string | undefined>>,
  ascii: boolean,
): Paper {
  return {
    width: columnsOf(stream) ?? usualWidth,
    colour: styleText('bold', 'x', { stream }) !== 'x',
    unicode: !ascii && showsUnicode(environment),
  };
}

/** A locale that names no character set is that of a bare container, whose terminal is somebody's own. */
function showsUnicode(environment: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [environment.LC_ALL, environment.LC_CTYPE, environment.LANG].find((value) => (value ?? '') !== '');
  if (environment.TERM === 'linux' || locale === 'C' || locale === 'POSIX') return false;
  return locale === undefined || !locale.includes('.') || /utf-?8/i.test(locale);
}
