/** The list of prices that the worker was given. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { parsePriceList, type PriceList } from '../domain/members/index.ts';

/**
 * Reads a YAML or JSON file.
 * @throws Error whose message is a sentence for the user
 */
export function readPriceList(path: string): PriceList {
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`The list of prices ${path} cannot be read: ${firstLine(error as Error)}.`, { cause: error });
  }
  try {
    return parsePriceList(content);
  } catch (error) {
    throw new Error(`The list of prices ${path} ${(error as Error).message}`, { cause: error });
  }
}

/** Mistakes in YAML come with a picture of the place below them. */
function firstLine({ message }: Error): string {
  return (message.split('\n')[0] ?? '').replace(/[.:]$/, '');
}
