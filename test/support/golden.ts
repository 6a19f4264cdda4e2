/** Golden files: what a person has looked at and found good. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from '@jest/globals';

/** Set it to 1 to write what is shown now; then look at the difference before it is committed. */
const updateVariable = 'UPDATE_SCREENS';

/** Compares a text with the file. A file that is not there is a failure as well. */
export function expectGolden(file: string, text: string): void {
  if (process.env[updateVariable] === '1') {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  if (!existsSync(file)) {
    throw new Error(`There is no ${file}; ${updateVariable}=1 writes it, with this text to look at:\n${text}`);
  }
  expect(text).toBe(readFileSync(file, 'utf8'));
}
