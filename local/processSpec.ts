/** What the supervisor is told about a process, and what it tells about it. */

/** How to run one process of the fleet. */
export interface ProcessSpec {
  /** Unique in the fleet, e.g. `member2-apiserver`. */
  name: string;
  command: string;
  args: string[];
  /** Added to the supervisor's own environment. */
  env: Record<string, string>;
  cwd: string;
  logFile: string;
  /** At the end of the fleet, processes of a lower phase end before those of the next are told to. */
  stopPhase: number;
  /** How long the process may take to end by itself. */
  graceMs: number;
}

/** A process as the supervisor sees it. */
export interface ProcessStatus {
  name: string;
  state: 'running' | 'ended';
  /** Of the running process, or of the one that ended last. */
  pid: number;
  logFile: string;
  /** RFC 3339; of the start, or of the end. */
  since: string;
  /** Of an ended process: `code 1` or `signal SIGKILL`. */
  ending?: string;
}

/** Where a supervisor answers, as it says itself once it listens. */
export interface SupervisorAddress {
  url: string;
  token: string;
}

/** Argument that makes the supervisor remove the data folder when it ends. */
export const temporaryFlag = '--temporary';
