/** What can stand in which place of which command. */
import type { PlacementKinds } from '../../api/kinds.ts';
import { resourceCalled, resources } from '../get/resources.ts';
import {
  contexts,
  members,
  namesOf,
  namesOfKind,
  namespaces,
  revisions,
  stages,
  targetsOf,
  targetsOrNamesOf,
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
  'rollout status object': targetsOrNamesOf(['run', 'placement']),
  'rollout status name': namesOfKind(['run', 'placement']),
  'rollout history object': targetsOrNamesOf(['placement']),
  'rollout history name': namesOfKind(['placement']),
  'rollout undo object': targetsOrNamesOf(['placement']),
  'rollout undo name': namesOfKind(['placement']),
  'rollout pause object': targetsOrNamesOf(['run', 'placement']),
  'rollout pause name': namesOfKind(['run', 'placement']),
  'rollout resume object': targetsOrNamesOf(['run', 'placement']),
  'rollout resume name': namesOfKind(['run', 'placement']),
  'why object': targetsOrNamesOf(['run', 'placement', 'cluster']),
  'explain placement name': namesOf('placement'),
  'diff placement': targetsOf(['placement']),
  'diff from': revisions,
  'diff to': revisions,
  'plan placement': namesOf('placement'),
  'log object': targetsOf(['run', 'placement']),
  'join name': members,
  'leave name': members,
  'cordon names': members,
  'uncordon names': members,
  'drain names': members,
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
