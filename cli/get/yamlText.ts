/** Objects of the hub as YAML, with numbers as the hub wrote them. */
import { Scalar, stringify } from 'yaml';
import { stringifyJson } from '../../kube/json.ts';

export function yamlText(value: unknown): string {
  return stringify(value, keepNumber, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** A number that JavaScript would print differently comes as an object that holds its text, see `kube/json.ts`. */
function keepNumber(_key: unknown, value: unknown): unknown {
  if (!JSON.isRawJSON(value)) return value;
  const text = stringifyJson(value);
  if (/^-?\d+$/.test(text)) return BigInt(text);
  const scalar = new Scalar(Number(text));
  scalar.minFractionDigits = /^-?\d+\.(\d+)$/.exec(text)?.[1]?.length ?? 0;
  return scalar;
}
