import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Metrics } from '../../../worker/metrics.ts';

interface Dashboard {
  schemaVersion: number;
  panels: Panel[];
  templating: { list: Variable[] };
}

interface Panel {
  id: number;
  title: string;
  description?: string;
  datasource: { type: string; uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets: { refId: string; expr: string; datasource: { type: string; uid: string } }[];
}

interface Variable {
  name: string;
  type: string;
  /** A text for data sources, more than that for queries. */
  query: string | { query: string };
}

const dashboard = JSON.parse(readFileSync('deploy/grafana/flotilla.json', 'utf8')) as Dashboard;
const { panels } = dashboard;
const variables = dashboard.templating.list;
/** What the worker exports: type by name. */
const exported = new Map<string, string>();
let metrics: Metrics;

beforeAll(async () => {
  // Nothing listens on port 0: Temporal's own metrics are not part of what the dashboard uses.
  metrics = new Metrics({ hubOrigin: 'https://127.0.0.1:6443', temporalPort: 0 });
  metrics.showLeader(() => true);
  for (const [, name = '', type = ''] of (await metrics.text()).matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    exported.set(name, type);
  }
});

afterAll(() => metrics.close());

/** Names of metrics in a PromQL expression, or in the query of a variable. */
function metricNames(expression: string): string[] {
  const bare = expression
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, '')
    .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '')
    .replace(/^label_values\(([^,]+),[^)]*\)$/, '$1');
  const names = bare.match(/(?<![\w.$:])[a-zA-Z_:][\w:]*(?!\w*\s*\()/g) ?? [];
  return names.filter((name) => !['and', 'or', 'unless', 'bool', 'offset'].includes(name));
}

/** A histogram is only there as its series, everything else under its own name. */
function isExported(name: string): boolean {
  const family = name.replace(/_(bucket|sum|count)$/, '');
  return exported.get(family) === 'histogram' ? family !== name : exported.has(name);
}

const expressions = [
  ...panels.flatMap((panel) => panel.targets.map(({ refId, expr }) => [`${panel.title} ${refId}`, expr] as const)),
  ...variables.flatMap(({ name, query }) => (typeof query === 'string' ? [] : [[`$${name}`, query.query] as const])),
];

describe('deploy/grafana', () => {
  test('is a dashboard of a version that Grafana need not guess', () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(41);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });

  test('lets the reader choose the data source, and every query goes there', () => {
    expect(variables).toContainEqual(
      expect.objectContaining({ name: 'datasource', type: 'datasource', query: 'prometheus' }),
    );
    const chosen = { type: 'prometheus', uid: '${datasource}' };
    for (const { datasource, targets } of panels) {
      expect([datasource, ...targets.map((target) => target.datasource)]).toEqual(
        Array.from({ length: targets.length + 1 }, () => chosen),
      );
    }
  });

  test.each(panels.map((panel) => [panel.title, panel] as const))('"%s" says what it shows', (title, panel) => {
    expect(title).toMatch(/\w/);
    expect(panel.description ?? '').toMatch(/\.$/);
    expect(panel.targets.length).toBeGreaterThan(0);
  });

  test('no two panels lie on each other, and none sticks out', () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of panels) {
      const { x, y, w, h } = gridPos;
      expect([title, x >= 0 && x + w <= 24]).toEqual([title, true]);
      for (let column = x; column < x + w; column += 1) {
        for (let row = y; row < y + h; row += 1) {
          const cell = `${String(column)}/${String(row)}`;
          expect([title, taken.get(cell)]).toEqual([title, undefined]);
          taken.set(cell, title);
        }
      }
    }
  });

  test.each(expressions)('%s uses metrics that the worker exports', (_, expression) => {
    const names = metricNames(expression);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !isExported(name))).toEqual([]);
  });

  test('shows every metric of our own', () => {
    const used = expressions.flatMap(([, expression]) => metricNames(expression)).join(' ');
    const ours = [...exported.keys()].filter((name) => /^(flotilla|fleet)_/.test(name));
    expect(ours.filter((name) => !used.includes(name))).toEqual([]);
  });
});

describe('metricNames', () => {
  test.each([
    ['sum by (le, status) (rate(a_total{side="hub", x=~"$run"}[$__rate_interval])) / 2', ['a_total']],
    ['count(a{x="b(c)"} == on (name) group_left () max by (name) (b)) or vector(0)', ['a', 'b']],
    ['histogram_quantile(0.5, sum by (le) (a_bucket))', ['a_bucket']],
    ['time() - (a * 1000)', ['a']],
    ['label_values(a{job=~"$job"}, name)', ['a']],
  ])('%s', (expression, expected) => {
    expect(metricNames(expression)).toEqual(expected);
  });
});
