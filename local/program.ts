/** What the program is called that brings a fleet up, for sentences that say what to type. */
let program = 'flotilla';

/** @param name as whoever uses the program types it, such as `kubectl flotilla` */
export function callProgram(name: string): void {
  program = name;
}

/** A command about the fleet of this machine. @param words such as `up --new-ports` */
export function fleetCommand(words: string): string {
  return `${program} local ${words}`;
}
