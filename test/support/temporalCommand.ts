/** The fleet's own temporal command. */
import type { Fleet } from '../../local/fleetHandle.ts';
import { run, type CommandOptions, type CommandResult } from './command.ts';

/** Runs the fleet's temporal against its server; `--address` and `--namespace` come from the environment. */
export function temporal(fleet: Fleet, typed: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return run(fleet.temporalBinary, typed, {
    ...options,
    environment: { TEMPORAL_ADDRESS: fleet.temporalAddress, TEMPORAL_NAMESPACE: 'default', ...options.environment },
  });
}

/** Runs `temporal … -o json` and parses what it prints. */
export async function temporalJson<T>(fleet: Fleet, typed: readonly string[], options?: CommandOptions): Promise<T> {
  const { stdout } = await temporal(fleet, [...typed, '-o', 'json'], options);
  return JSON.parse(stdout) as T;
}
