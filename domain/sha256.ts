/** Needs Node's crypto: not for workflow code. */
import { createHash } from 'node:crypto';

/** Lower-case hexadecimal SHA-256 of a text's UTF-8 form. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
