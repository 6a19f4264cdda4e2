export { MemberController } from './controller.ts';
export type { MemberControllerDependencies, MemberSettings, Prices } from './dependencies.ts';
