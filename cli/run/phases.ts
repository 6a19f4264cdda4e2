/** The phases of a run as words for people. */
import type { RunPhase } from '../../api/temporal.ts';
import type { Style } from './ink.ts';

export const phaseWords: Record<RunPhase, string> = {
  Initializing: 'INITIALIZING',
  Initialized: 'INITIALIZED',
  Updating: 'UPDATING',
  Waiting: 'SOAKING',
  AwaitingApproval: 'AWAITING APPROVAL',
  Removing: 'REMOVING',
  Stopping: 'STOPPING',
  Stopped: 'STOPPED',
  Succeeded: 'SUCCEEDED',
  Failed: 'FAILED',
  Cancelled: 'CANCELLED',
};

export function phaseStyle(phase: RunPhase): Style {
  if (phase === 'Succeeded') return ['bold', 'green'];
  if (phase === 'Failed' || phase === 'Cancelled') return ['bold', 'red'];
  return phase === 'Updating' || phase === 'Removing' ? ['bold', 'cyan'] : ['bold', 'yellow'];
}
