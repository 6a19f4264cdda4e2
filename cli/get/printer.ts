/** Objects as text, in the formats of kubectl. */
import type { KubernetesObject } from '../../api/meta.ts';
import { columnWidths, formatRows, formatTable } from '../table.ts';
import { chosenColumns } from './columns.ts';
import type { GetRequest } from './request.ts';

/** Turns what there is, and later what changes, into text. */
export interface Printer {
  /** Everything at once. */
  all(objects: readonly KubernetesObject[]): string;
  /** One object that came or changed, to stand below what was printed before. */
  one(object: KubernetesObject): string;
}

/**
 * @param now milliseconds since the epoch
 * @param columns of the terminal; absent in a pipe
 */
export async function printerFor(request: GetRequest, now: () => number, columns?: number): Promise<Printer> {
  switch (request.format) {
    case 'json':
      return documentsPrinter(request, { print: (value) => `${indentedJson(value)}\n`, between: '' });
    case 'yaml': {
      const { yamlText } = await import('./yamlText.ts');
      return documentsPrinter(request, { print: yamlText, between: '---\n' });
    }
    case 'name':
      return { all: (objects) => objects.map(nameLine).join(''), one: nameLine };
    default:
      return tablePrinter(request, now, columns);
  }
}

interface Documents {
  print(value: unknown): string;
  /** Between documents that follow one another. */
  between: string;
}

function documentsPrinter({ names }: GetRequest, { print, between }: Documents): Printer {
  return {
    all: (objects) =>
      names.length === 1 && objects[0] !== undefined
        ? print(objects[0])
        : print({ apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items: objects }),
    one: (object) => between + print(object),
  };
}

function indentedJson(value: unknown): string {
  return JSON.stringify(value, undefined, 4);
}

/** `memberclusters.cluster.kubernetes-fleet.io/member1` has the kind in the singular, as kubectl prints it. */
function nameLine({ apiVersion, kind, metadata }: KubernetesObject): string {
  const [group = ''] = apiVersion.split('/');
  return `${kind.toLowerCase()}.${group}/${metadata.name}\n`;
}

function tablePrinter(
  { resource, format, allNamespaces }: GetRequest,
  now: () => number,
  terminalColumns: number | undefined,
): Printer {
  const chosen = chosenColumns(resource.columns, { wide: format === 'wide', withNamespace: allNamespaces });
  const rowOf = (object: KubernetesObject): string[] => chosen.map((column) => column.cell(object, now()));
  const header = chosen.map((column) => column.header);
  // Later rows keep to the columns of the table above them.
  let widths = columnWidths([header]);
  const widened = (rows: readonly string[][]): readonly string[][] => {
    widths = columnWidths(rows, widths);
    return rows;
  };
  return {
    all: (objects) => formatTable(header, widened(objects.map(rowOf)), terminalColumns),
    one: (object) => {
      const rows = widened([rowOf(object)]);
      return formatRows(rows, { header, widths, columns: terminalColumns });
    },
  };
}
