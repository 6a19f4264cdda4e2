/** Labels as they are typed. */
import { InvalidArgumentError } from 'commander';

const key = /^([a-z0-9.-]+\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const value = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

/** Reads `key=value` texts; the value may be empty. */
export function parseLabels(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(texts.map(parseLabel));
}

function parseLabel(text: string): [string, string] {
  const separator = text.indexOf('=');
  const [before, after] = separator < 0 ? [text, undefined] : [text.slice(0, separator), text.slice(separator + 1)];
  if (after === undefined || !key.test(before) || !value.test(after)) {
    throw new InvalidArgumentError(`"${text}" is not a label of the form key=value.`);
  }
  return [before, after];
}
