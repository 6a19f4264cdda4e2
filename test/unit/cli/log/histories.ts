/** The recorded histories of runs and rolling updates, as the log reads them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { recordedEvent, type RecordedEvent } from '../../../../cli/log/recordedEvents.ts';

const folder = join(import.meta.dirname, '../../../replay/histories');

/** @param name of a file in `test/replay/histories`, without its ending */
export function recordedHistory(name: string): RecordedEvent[] {
  const history = historyFromJSON(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')));
  return (history.events ?? []).flatMap((event) => recordedEvent(event) ?? []);
}
