/** The fleet that integration and end-to-end tests in one of Jest's worker processes share. */
import { loopbackRequest } from '../../local/loopbackRequest.ts';
import { openFleet, type Fleet } from '../../local/fleet.ts';

/** Environment variable by which `globalSetup.ts` tells test files where to ask for the fleet. */
export const fleetServerVariable = 'FLOTILLA_TEST_FLEET_SERVER';

/**
 * The fleet of the tutorial, with worker and audit logs; the first call in a worker process of Jest starts it. One test
 * file after another has it to itself: make objects with names of your own, and remove them.
 */
export async function getFleet(): Promise<Fleet> {
  const url = process.env[fleetServerVariable];
  if (url === undefined) {
    throw new Error(
      'Tests that need the fleet run with "--globalSetup test/support/globalSetup.ts ' +
        '--globalTeardown test/support/globalTeardown.ts", as jest.config.js says for their folders.',
    );
  }
  const path = `/${process.env.JEST_WORKER_ID ?? '1'}`;
  const answer = await loopbackRequest({ url: url + path, method: 'POST' });
  if (answer.status !== 200) throw new Error(answer.body);
  return await openFleet(answer.body);
}
