/** The text in which an administrator names kinds and namespaces: entries separated by semicolons. */
import type { ApiPattern } from './propagation.ts';

/** What was read, and a sentence's end for each entry that means nothing: "… names no kind". */
export interface ParsedList<T> {
  entries: T[];
  mistakes: string[];
}

/** Reads `group`, `group/version` and `group/version/Kind,Kind`; kinds of the core group are `v1/Kind,Kind`. */
export function parseApiPatterns(text: string): ParsedList<ApiPattern> {
  return parseEntries(text, parsePattern);
}

/** Reads names of namespaces. Commas separate them as well: no name holds one. */
export function parseNamespaces(text: string): ParsedList<string> {
  return parseEntries(text.replaceAll(',', ';'), (entry) => {
    if (!dnsLabel.test(entry) || entry.length > 63) throw new Mistake('is no name of a namespace');
    return entry;
  });
}

/** Completes a sentence that begins with the entry. */
class Mistake extends Error {}

const dnsLabel = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const groupName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const versionName = /^v[1-9][0-9]*((alpha|beta)[1-9][0-9]*)?$/;
const kindName = /^[A-Z][A-Za-z0-9]*$/;

function parseEntries<T>(text: string, parse: (entry: string) => T): ParsedList<T> {
  const parsed: ParsedList<T> = { entries: [], mistakes: [] };
  const written = text.split(';').map((entry) => entry.trim());
  for (const entry of written.filter((part) => part !== '')) {
    try {
      parsed.entries.push(parse(entry));
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      parsed.mistakes.push(`"${entry}" ${error.message}`);
    }
  }
  return parsed;
}

function parsePattern(entry: string): ApiPattern {
  const parts = entry.split('/').map((part) => part.trim());
  // The core group has no name, so its entries begin with the version.
  const [group = '', version, kinds, ...rest] = versionName.test(parts[0] ?? '') ? ['', ...parts] : parts;
  if (rest.length > 0) throw new Mistake('has too many slashes');
  if (group === '' && kinds === undefined) throw new Mistake(`names no kind of the core group, as in "v1/Secret"`);
  if (group !== '' && !groupName.test(group)) throw new Mistake('begins with no name of an API group');
  if (version === undefined) return { group };
  if (!versionName.test(version)) throw new Mistake('has no version such as "v1" or "v1beta1" after the group');
  if (kinds === undefined) return { group, version };
  const names = kinds.split(',').map((kind) => kind.trim());
  const wrong = names.find((name) => !kindName.test(name));
  if (wrong !== undefined) throw new Mistake(`names "${wrong}", which is no kind such as "ConfigMap"`);
  return { group, version, kinds: names };
}
