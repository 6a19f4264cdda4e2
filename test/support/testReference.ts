/** References to tests from tables that say where something is tested, as `file: name of the test`. */
import { existsSync, readFileSync } from 'node:fs';

/**
 * Whether the test is there. A name stands in quotes: a test's, a description's or, in tables of cases, a case's.
 * @param reference `file: name of the test`, the file from the root of the checkout
 */
export function isTestThere(reference: string): boolean {
  const [, file = '', name = ''] = /^(.*?\.test\.ts): (.+)$/.exec(reference) ?? [];
  if (!existsSync(file)) return false;
  const text = readFileSync(file, 'utf8');
  return ["'", '"', '`'].some((quote) => text.includes(quote + name + quote));
}
