/** Runs once after the tests that share a fleet. */
export { tearDown as default } from './globalSetup.ts';
