import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

interface Rule {
  message: string;
}

/** All CEL rules of a definition, wherever they stand in it. */
function rulesOf(part: unknown): Rule[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) =>
    key === 'x-kubernetes-validations' ? (value as Rule[]) : rulesOf(value),
  );
}

const page = readFileSync('docs/admission.md', 'utf8').replaceAll('\\|', '|');

test.each(readdirSync('api/crds'))('docs/admission.md has the texts of all rules in %s', (file) => {
  const rules = rulesOf(parse(readFileSync(`api/crds/${file}`, 'utf8')));
  const missing = rules.map(({ message }) => message).filter((message) => !page.includes(`\`${message}\``));
  expect(missing).toEqual([]);
});
