/** What a run that did not become as expected leaves to be read: in the failure, because the fleet is gone afterwards. */
import { readFile } from 'node:fs/promises';
import { processNames } from '../../local/processes.ts';
import type { Fleet } from '../../local/fleetHandle.ts';
import { kubectl } from './kubectl.ts';
import { temporal } from './temporalCommand.ts';

const logLines = 30;

/** The run as the hub holds it now, its workflow with pending activities and their failures, and the worker's last lines. */
export async function runEvidence(fleet: Fleet, name: string): Promise<string> {
  const pieces = await Promise.all(
    [
      kubectl(fleet, ['get', 'csur', name, '-o', 'jsonpath={.metadata.resourceVersion} {.status.conditions}']).then(
        printed,
      ),
      temporal(fleet, ['workflow', 'describe', '--workflow-id', `csur/${name}`]).then(printed),
      workerLog(fleet),
    ].map((piece) => piece.catch((error: unknown) => String(error))),
  );
  return pieces.join('\n---\n');
}

function printed({ stdout, stderr }: { stdout: string; stderr: string }): string {
  return stdout + stderr;
}

async function workerLog(fleet: Fleet): Promise<string> {
  const { logFile } = await fleet.process(processNames.worker).status();
  return (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-logLines).join('\n');
}
