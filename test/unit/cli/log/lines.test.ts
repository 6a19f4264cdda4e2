/** Entries as lines, the objects that are let through, and what an approval request adds. */
import { describe, expect, test } from '@jest/globals';
import { approvalMessage } from '../../../../api/runConditions.ts';
import { spanWords, type LogEntry } from '../../../../cli/log/entries.ts';
import { approvedBy } from '../../../../cli/log/hubKnowledge.ts';
import { hubEntries } from '../../../../cli/log/hubStory.ts';
import { jsonPrinter, textPrinter } from '../../../../cli/log/logLines.ts';
import { UidGate } from '../../../../cli/log/uidGate.ts';
import { awaitingApproval, failed, succeeded } from '../run/exampleRuns.ts';

const noon = Date.parse('2026-03-01T12:00:00.250Z');

const entry: LogEntry = {
  time: noon,
  actor: { role: 'person', name: 'ana', identity: 'temporal-cli:ana@laptop' },
  kind: 'approvalSent',
  stage: 'canary',
  message: 'approves stage canary:\n looks good',
};

describe('for people', () => {
  const printer = (now = noon): ReturnType<typeof textPrinter> =>
    textPrinter(() => ({ now, timeZone: 'UTC' }), { colour: false, unicode: true });

  test('one line each, whatever was written', () => {
    expect(printer().line(entry)).toBe('12:00:00  ana     approves stage canary: looks good');
  });

  test('with the date when it was on another day', () => {
    expect(printer(noon + 86_400_000).line(entry)).toMatch(/^2026-03-01 12:00:00 {2}ana/);
  });

  test('columns grow', () => {
    const { line } = printer();
    line({ ...entry, actor: { role: 'person', identity: 'temporal-cli:ana@laptop' } });
    expect(line({ ...entry, actor: { role: 'hub' } })).toBe(
      `12:00:00  ${'hub'.padEnd(23)}  approves stage canary: looks good`,
    );
  });

  test.each([
    [48, '12:00:00  ana     approves stage canary: looks\n                  good'],
    [30, '12:00:00  ana\n  approves stage canary: looks\n  good'],
    [80, '12:00:00  ana     approves stage canary: looks good'],
  ])('a terminal of %d columns', (columns, lines) => {
    const plain = { colour: false, unicode: true };
    const narrow = textPrinter(
      () => ({ now: noon, timeZone: 'UTC' }),
      plain,
      () => columns,
    );
    expect(narrow.line(entry)).toBe(lines);
  });

  test('colour tells what went wrong', () => {
    const coloured = textPrinter(() => ({ now: noon, timeZone: 'UTC' }), { colour: true, unicode: true });
    expect(coloured.line({ ...entry, kind: 'failed' })).toContain('\u001b[31mapproves');
    expect(coloured.line(entry)).not.toContain('\u001b[31m');
  });
});

test('for programs', () => {
  expect(jsonPrinter.line(entry)).toBe(
    '{"time":"2026-03-01T12:00:00.250Z","actor":"ana","identity":"temporal-cli:ana@laptop","kind":"approvalSent","stage":"canary","message":"approves stage canary:\\n looks good"}',
  );
  expect(JSON.parse(jsonPrinter.line({ ...entry, actor: { role: 'hub' } }))).toMatchObject({ actor: 'hub' });
});

test.each([
  [52, '52 ms'],
  [1234, '1.2 s'],
  [125_000, '2m5s'],
  [3_725_000, '1h2m5s'],
])('%d ms are %s', (milliseconds, words) => {
  expect(spanWords(milliseconds)).toBe(words);
});

describe('who approved on the hub', () => {
  const given: LogEntry = { ...entry, actor: { role: 'hub' }, kind: 'approved', message: 'it is given' };

  test.each([
    [approvalMessage({}, 'ana', 'lgtm'), 'ana', 'it is given: lgtm'],
    [approvalMessage({}, 'ana'), 'ana', 'it is given'],
    [approvalMessage({}), undefined, 'it is given'],
    ['lgtm', undefined, 'it is given: lgtm'],
  ])('%s', (words, name, message) => {
    const told = approvedBy(given, words);
    expect(told.message).toBe(message);
    expect(told.actor).toEqual(name === undefined ? { role: 'hub' } : { role: 'person', name });
  });
});

describe('several objects of one name', () => {
  const one = { ...entry, message: 'one' };
  const two = { ...entry, message: 'two' };

  test('only the wanted one, and what was told before its uid was known', () => {
    const gate = new UidGate('b');
    expect(gate.pass([one], 'a')).toEqual([]);
    expect(gate.pass([one], undefined)).toEqual([]);
    expect(gate.pass([two], 'b')).toEqual([one, two]);
    expect(gate.rest()).toEqual([]);
    expect(gate.others).toEqual(['a']);
  });

  test('what never finds its object is told in the end', () => {
    const gate = new UidGate(undefined);
    expect(gate.pass([one], undefined)).toEqual([]);
    expect(gate.rest()).toEqual([one]);
  });
});

describe('without a history: what the hub knows, in the order of time', () => {
  test.each([
    ['succeeded', succeeded()],
    ['failed', failed()],
    ['waiting', awaitingApproval()],
  ])('%s', (_, run) => {
    const entries = hubEntries(run);
    expect(entries.map(({ time }) => time)).toEqual(entries.map(({ time }) => time).toSorted((a, b) => a - b));
    const lines = entries
      .filter(({ cluster }) => cluster === undefined || /^member|-0*1$/.test(cluster))
      .map(({ time, message }) => `${new Date(time).toISOString().slice(11, 19)} ${message}`);
    expect(`\n${lines.join('\n')}\n`).toMatchSnapshot();
  });
});
