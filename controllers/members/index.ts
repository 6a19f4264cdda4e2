export { MemberController } from './controller.ts';
export type { MemberControllerDependencies, MemberSettings } from './dependencies.ts';
