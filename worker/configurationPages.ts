/** The table of settings as a person reads it: `--help` and the table in docs/configuration.md. */
import { flagOf, foreignVariables, settings } from './configuration.ts';

/** What `node worker/main.ts --help` prints. */
export function helpText(): string {
  const own = rows().flatMap(({ flag, placeholder, variable, defaultText, description }) => [
    `  ${flag} ${placeholder}`,
    ...wrap(description, 100).map((line) => `      ${line}`),
    `      ${variable}, default: ${defaultText}`,
    '',
  ]);
  const foreign = foreignVariables.flatMap(({ variable, description }) => [
    `  ${variable}`,
    ...wrap(description, 100).map((line) => `      ${line}`),
  ]);
  return [
    'Usage: node worker/main.ts [flags]',
    '',
    'Runs the loops, workflows and activities of Flotilla for one hub cluster until SIGTERM or SIGINT.',
    'Each flag can be given by the environment variable beside it; the flag wins.',
    '',
    'Flags:',
    ...own,
    '  -h, --help',
    '      Print this text.',
    '',
    'Environment read by the clients of Kubernetes and Temporal:',
    ...foreign,
    '',
  ].join('\n');
}

/** The table of settings in Markdown. */
export function settingsMarkdown(): string {
  const lines = rows().map(
    ({ variable, flag, defaultText, description }) =>
      `| \`${variable}\` | \`${flag}\` | ${defaultText} | ${description} |`,
  );
  return ['| Variable | Flag | Default | Meaning |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

/** The variables that the clients of Kubernetes and Temporal read, in Markdown. */
export function foreignVariablesMarkdown(): string {
  const lines = foreignVariables.map(({ variable, description }) => {
    const names = variable.split(', ').map((name) => `\`${name}\``);
    return `| ${names.join(', ')} | ${description} |`;
  });
  return ['| Variable | Meaning |', '| --- | --- |', ...lines].join('\n');
}

interface Row {
  variable: string;
  flag: string;
  placeholder: string;
  defaultText: string;
  description: string;
}

function rows(): Row[] {
  return Object.values(settings).map((entry) => ({
    variable: entry.variable,
    flag: flagOf(entry.variable),
    placeholder: entry.placeholder,
    defaultText: entry.defaultDescription ?? (typeof entry.default === 'string' ? entry.default : ''),
    description: entry.description,
  }));
}

function wrap(sentence: string, width: number): string[] {
  const lines: string[] = [''];
  for (const word of sentence.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + word.length < width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
