import { expect, test } from '@jest/globals';
import { getFleet } from '../support/fleet.ts';

test('the shared fleet runs', async () => {
  const fleet = await getFleet();
  expect(fleet.members).toEqual(['member1', 'member2', 'member3']);
});
