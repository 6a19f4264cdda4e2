/** What may come next in a command line. Never a complaint: whoever presses the tab key does not want to read one. */
import type { Command } from 'commander';
import type { OpenHub } from '../get/openHub.ts';
import { parseTimeout } from '../rollout/timeout.ts';
import type { Asked } from './names.ts';
import { placeOf, type Place } from './place.ts';
import { answerText, type Answer, type Suggestion } from './protocol.ts';
import type { Source } from './sources.ts';

/** A hub that takes longer is as good as none: the shell stands still meanwhile. */
const usualPatience = '1s';

/**
 * @param typed the words after the name of the program, the last one as far as it has been typed
 * @returns the answer for the shell, see `protocol.ts`
 */
export async function complete(program: Command, typed: readonly string[]): Promise<string> {
  const place = placeOf(program, typed);
  const patienceMs = parseTimeout(process.env.FLOTILLA_COMPLETION_TIMEOUT ?? usualPatience);
  const answer = await within(patienceMs, (signal) => answerFor(place, signal));
  return answerText(answer, place.begun);
}

async function within(milliseconds: number, ask: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
  const signal = AbortSignal.timeout(milliseconds);
  const over = new Promise<Answer>((resolve) => {
    signal.addEventListener('abort', () => resolve([]), { once: true });
  });
  return Promise.race([ask(signal).catch(() => []), over]);
}

async function answerFor(place: Place, signal: AbortSignal): Promise<Answer> {
  const { command, wanted, path } = place;
  const help = command.createHelp();
  switch (wanted.type) {
    case 'command':
      return help
        .visibleCommands(command)
        .map((inner) => ({ word: inner.name(), description: help.subcommandDescription(inner) }));
    case 'option':
      return help
        .visibleOptions(command)
        .flatMap(({ long, description }): Suggestion[] => (long === undefined ? [] : [{ word: long, description }]));
    case 'value': {
      const { argChoices } = wanted.option;
      const defaultValue: unknown = wanted.option.defaultValue;
      if (argChoices !== undefined) return argChoices.map((word) => ({ word }));
      if (typeof defaultValue === 'boolean') return [{ word: 'true' }, { word: 'false' }];
      const { optionSources } = await import('./sources.ts');
      return fromSource(optionSources[wanted.option.attributeName()] ?? 'nothing', place, signal);
    }
    case 'argument': {
      const { argChoices } = wanted.argument;
      if (argChoices !== undefined) return argChoices.map((word) => ({ word }));
      const { argumentSources } = await import('./sources.ts');
      return fromSource(argumentSources[`${path} ${wanted.argument.name()}`] ?? 'nothing', place, signal);
    }
    case 'nothing':
      return [];
  }
}

async function fromSource(source: Source, place: Place, signal: AbortSignal): Promise<Answer> {
  if (source === 'files') return source;
  if (source === 'nothing') return [];
  const { openHub, readKubeconfig } = await import('../get/openHub.ts');
  const { options, given, begun } = place;
  const namespace = options.get('namespace');
  const optionOfHub = place.command.options.some((option) => option.attributeName() === 'hubContext');
  const context = options.get(optionOfHub ? 'hubContext' : 'context');
  let opened: Promise<OpenHub> | undefined;
  const asked: Asked = {
    begun,
    given,
    ...(namespace !== undefined && { namespace }),
    hub: async () => (await (opened ??= openHub(context))).hub,
    contexts: async () => [...(await readKubeconfig(options.get('kubeconfig'))).contexts.keys()],
    signal,
  };
  try {
    const words = await source(asked);
    // Of several names, each is typed once.
    const isOneOfSeveral = place.wanted.type === 'argument' && place.wanted.argument.variadic;
    return words.filter((word) => !isOneOfSeveral || !given.includes(word)).map((word) => ({ word }));
  } finally {
    await opened?.then(({ hub }) => hub.close());
  }
}
