import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { flagOf, identityOf, readConfiguration, settings } from '../../../worker/configuration.ts';
import { foreignVariablesMarkdown, helpText, settingsMarkdown } from '../../../worker/configurationPages.ts';

describe('readConfiguration', () => {
  test('takes the defaults where nothing is given', () => {
    const { configuration, mistakes, warnings } = readConfiguration([], { XDG_CACHE_HOME: '/cache' });
    expect(mistakes).toEqual([]);
    expect(warnings).toEqual([]);
    expect(configuration).toMatchObject({
      hubContext: '',
      httpAddress: { host: '127.0.0.1', port: 9464 },
      logLevel: 'info',
      snapshotQuietMs: 1_000,
      snapshotMaxDelayMs: 15_000,
      snapshotMinIntervalMs: 5_000,
      cacheFolder: '/cache/flotilla',
    });
  });

  test('a flag wins over the environment, in both spellings of flags', () => {
    const environment = { FLOTILLA_LOG_LEVEL: 'warn', FLOTILLA_HUB_CONTEXT: 'one', FLOTILLA_SNAPSHOT_QUIET_MS: '7' };
    const { configuration } = readConfiguration(['--log-level', 'debug', '--hub-context=two'], environment);
    expect(configuration).toMatchObject({ logLevel: 'debug', hubContext: 'two', snapshotQuietMs: 7 });
  });

  test('an empty variable counts as absent', () => {
    expect(readConfiguration([], { FLOTILLA_LOG_LEVEL: '' }).configuration?.logLevel).toBe('info');
  });

  test('lists every mistake, each as one sentence that names what was written and what it must be', () => {
    const { configuration, mistakes } = readConfiguration(
      ['start', '--colour', '--http-address=9464', '--lease-duration-ms', '5s', '--identity', '--log-level'],
      { FLOTILLA_LOG_FORMAT: 'xml', FLOTILLA_MAX_MEMBER_ACTIVITIES: '0', FLOTILLA_SNAPSHOT_QUIET_MS: '-1' },
    );
    expect(configuration).toBeUndefined();
    expect(mistakes.sort()).toEqual([
      '--http-address must be a host and a port such as 127.0.0.1:9464 or [::1]:9464, but is "9464".',
      '--identity needs a value; see --help.',
      '--lease-duration-ms must be a whole number from 1000 to 60000, but is "5s".',
      'FLOTILLA_LOG_FORMAT must be one of auto, json, pretty, but is "xml".',
      'FLOTILLA_MAX_MEMBER_ACTIVITIES must be a whole number from 1 to 20000, but is "0".',
      'FLOTILLA_SNAPSHOT_QUIET_MS must be a whole number from 0 to 3600000, but is "-1".',
      'The worker takes no argument "start"; see --help.',
      'There is no flag --colour; see --help.',
    ]);
  });

  test('reads lists of kinds and namespaces', () => {
    const environment = {
      FLOTILLA_SKIPPED_PROPAGATING_APIS: 'batch; apps/v1beta1;v1/Secret, ConfigMap;',
      FLOTILLA_SKIPPED_PROPAGATING_NAMESPACES: 'one,two; three',
    };
    expect(readConfiguration([], environment).configuration).toMatchObject({
      skippedPropagatingApis: [
        { group: 'batch' },
        { group: 'apps', version: 'v1beta1' },
        { group: '', version: 'v1', kinds: ['Secret', 'ConfigMap'] },
      ],
      allowedPropagatingApis: [],
      skippedPropagatingNamespaces: ['one', 'two', 'three'],
    });
  });

  test('tells every mistake in a list', () => {
    const args = ['--allowed-propagating-apis', 'batch/jobs;v1;apps/v1', '--skipped-propagating-namespaces=One'];
    expect(readConfiguration(args, {}).mistakes).toEqual([
      '--allowed-propagating-apis must be a list such as "batch;apps/v1;v1/Secret,ConfigMap", but "batch/jobs" has no version such as "v1" or "v1beta1" after the group.',
      '--allowed-propagating-apis must be a list such as "batch;apps/v1;v1/Secret,ConfigMap", but "v1" names no kind of the core group, as in "v1/Secret".',
      '--skipped-propagating-namespaces must be a list such as "one,two", but "One" is no name of a namespace.',
    ]);
  });

  test('a list of what is skipped and one of what is allowed exclude each other', () => {
    const environment = { FLOTILLA_SKIPPED_PROPAGATING_APIS: 'batch', FLOTILLA_ALLOWED_PROPAGATING_APIS: 'apps' };
    expect(readConfiguration([], environment).mistakes).toEqual([
      'FLOTILLA_SKIPPED_PROPAGATING_APIS and FLOTILLA_ALLOWED_PROPAGATING_APIS exclude each other: remove one of them.',
    ]);
  });

  test('refuses settings that contradict each other', () => {
    const environment = { FLOTILLA_SNAPSHOT_QUIET_MS: '3000', FLOTILLA_SNAPSHOT_MAX_DELAY_MS: '2000' };
    expect(readConfiguration([], environment).mistakes).toEqual([
      'FLOTILLA_SNAPSHOT_QUIET_MS (3000) must not be above FLOTILLA_SNAPSHOT_MAX_DELAY_MS (2000).',
    ]);
  });

  test('warns of a misspelt variable, but not of those that other programs read', () => {
    const { mistakes, warnings } = readConfiguration([], {
      FLOTILLA_LOGLEVEL: 'debug',
      FLOTILLA_SERVICE_HOST: '10.0.0.1',
      FLOTILLA_KUBECTL: '/usr/bin/kubectl',
    });
    expect(mistakes).toEqual([]);
    expect(warnings).toEqual(['There is no setting FLOTILLA_LOGLEVEL; remove it or correct its name, see --help.']);
  });

  test.each([
    ['[::1]:0', { host: '::1', port: 0 }],
    ['0.0.0.0:80', { host: '0.0.0.0', port: 80 }],
  ])('understands the address %s', (text, expected) => {
    expect(readConfiguration(['--http-address', text], {}).configuration?.httpAddress).toEqual(expected);
  });

  test.each(['1:2:3', ':80', 'host:', 'host:70000'])('refuses the address %s', (text) => {
    expect(readConfiguration(['--http-address', text], {}).mistakes).toHaveLength(1);
  });
});

describe('identityOf', () => {
  const httpAddress = { host: '127.0.0.1', port: 9464 };

  test('is what was configured', () => {
    expect(identityOf({ identity: 'blue', httpAddress })).toBe('blue');
  });

  test('is otherwise the same for every start on one host, and differs between two workers on it', () => {
    const first = identityOf({ identity: '', httpAddress });
    expect(identityOf({ identity: '', httpAddress })).toBe(first);
    expect(identityOf({ identity: '', httpAddress: { ...httpAddress, port: 9465 } })).not.toBe(first);
  });
});

describe('the pages about the settings', () => {
  test('--help names every flag, variable and default', () => {
    const text = helpText();
    for (const { variable, description } of Object.values(settings)) {
      expect(text).toContain(`  ${flagOf(variable)} `);
      expect(text).toContain(`      ${variable}, default: `);
      expect(text.replaceAll(/\n {6}/g, ' ')).toContain(description);
    }
    expect(text).toContain('TEMPORAL_ADDRESS');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  test.each([
    ['settings', settingsMarkdown()],
    ['foreign', foreignVariablesMarkdown()],
  ])('docs/configuration.md holds the table "%s" as the code has it', (name, table) => {
    const page = readFileSync('docs/configuration.md', 'utf8');
    const between = new RegExp(`<!-- ${name} -->\\n+(.*?)\\n+<!-- /${name} -->`, 's').exec(page)?.[1];
    expect(cells(between ?? '')).toEqual(cells(table));
  });
});

/** The cells of a Markdown table: the formatter may pad them. */
function cells(table: string): string[][] {
  const rows = table.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  return rows.filter((row) => !row.every((cell) => /^-*$/.test(cell)));
}
