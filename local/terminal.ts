/** What a stream can show besides plain lines. Colours are judged by Node, which knows NO_COLOR, FORCE_COLOR and TERM. */

/** Whether what was written can be drawn over: only in a terminal, and one that can move its cursor. */
export function canRedraw(
  stream: Pick<NodeJS.WriteStream, 'isTTY'>,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  return stream.isTTY && environment.TERM !== 'dumb';
}
