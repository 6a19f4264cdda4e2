/** Program of the supervisor's tests: starts one, tells its number, and waits to be ended. */
import { startSupervisor } from '../../local/supervision.ts';

const [data, kind] = process.argv.slice(2);
const supervisor = await startSupervisor(data!, false);
if (kind === 'detached') await supervisor.detach();
process.send!(supervisor.identity.pid);
setInterval(() => undefined, 60_000);
