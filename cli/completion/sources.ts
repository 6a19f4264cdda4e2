/** What can stand in which place of which command. */
import type { PlacementKinds } from '../../api/kinds.ts';
import { resourceCalled, resources } from '../get/resources.ts';
import {
  contexts,
  members,
  namesOf,
  namespaces,
  revisions,
  stages,
  targetsOf,
  type Asked,
  type NameSource,
} from './names.ts';

/** `files`: the shell knows them. `nothing`: somebody has to think of it. */
export type Source = NameSource | 'files' | 'nothing';

/** By the words of the command and the name of the argument. */
export const argumentSources: Readonly<Record<string, Source>> = {
  'get resource': () => Promise.resolve(Object.keys(resources)),
  'get names': namesOfResource,
  'approve run': namesOf('run'),
  'approve stage': stages,
  'run placement': namesOf('placement'),
  'rollout status object': targetsOf(['run', 'placement']),
  'rollout history object': targetsOf(['placement']),
  'rollout undo object': targetsOf(['placement']),
  'rollout pause object': targetsOf(['run', 'placement']),
  'rollout resume object': targetsOf(['run', 'placement']),
  'why object': targetsOf(['run', 'placement', 'cluster']),
  'explain placement name': namesOf('placement'),
  'diff placement': targetsOf(['placement']),
  'diff from': revisions,
  'diff to': revisions,
  'plan placement': namesOf('placement'),
  'log object': targetsOf(['run', 'placement']),
  'join name': members,
  'leave name': members,
};

/** By the attribute of the option: it means the same in every command. */
export const optionSources: Readonly<Record<string, Source>> = {
  namespace: namespaces,
  context: contexts,
  hubContext: contexts,
  strategy: namesOf('strategy'),
  index: revisions,
  revision: revisions,
  toRevision: revisions,
  cluster: members,
  kubeconfig: 'files',
  data: 'files',
  filename: 'files',
};

const roles: Record<keyof typeof resources, keyof PlacementKinds | 'member'> = {
  runs: 'run',
  placements: 'placement',
  members: 'member',
  approvals: 'approvalRequest',
};

function namesOfResource(asked: Asked): Promise<string[]> {
  const { word } = resourceCalled(asked.given[0] ?? '');
  const role = roles[word as keyof typeof resources];
  return role === 'member' ? members(asked) : namesOf(role)(asked);
}
