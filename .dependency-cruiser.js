// Which folder may import which: section "Rooms" of docs/architecture.md as a check (`npm run check:imports`).
// Each room lists what it may use; everything else inside the repository is refused.

/** Files of `domain/` that use no module of Node.js, so that the sandbox of a workflow can load them. */
const domainInWorkflows =
  '^domain/(runs/|rollouts/|durations\\.ts$|labelSelectors\\.ts$|ordering\\.ts$|time\\.ts$|claims\\.ts$|snapshots/(current|goJson|groups)\\.ts$)';

const rooms = {
  api: [],
  domain: ['api'],
  kube: ['api'],
  activities: ['api', 'domain', 'kube'],
  controllers: ['api', 'domain', 'kube', 'client'],
  client: ['api'],
  cli: ['client', 'local', 'kube', 'domain', 'api'],
  local: ['kube', 'api'],
  worker: ['api', 'domain', 'kube', 'activities', 'controllers', 'client', 'workflows'],
};

/**
 * Files besides folders that a room may import: the messages of runs, and the shape of what they answer; the look for
 * what holds a removal, which is the same for a run and for a member that leaves.
 */
const exceptions = {
  controllers: ['^activities/members/heldObjects\\.ts$'],
  client: ['^workflows/messages\\.ts$', '^domain/runs/view\\.ts$'],
};

function roomRule([room, allowed]) {
  const permitted = [
    '^node_modules/',
    ...[room, ...allowed].map((folder) => `^${folder}/`),
    ...(exceptions[room] ?? []),
    ...(room === 'cli' || room === 'worker' || room === 'local' ? ['^package\\.json$'] : []),
  ];
  return {
    name: `${room}-imports`,
    comment: `${room}/ may import ${allowed.length === 0 ? 'nothing of the repository' : allowed.join(', ')}.`,
    severity: 'error',
    from: { path: `^${room}/` },
    to: { pathNot: permitted, dependencyTypesNot: ['core'], couldNotResolve: false },
  };
}

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle means that two files are one subject, or that one of them is in the wrong place.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'The file or package does not exist.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-packages',
      comment:
        'The package is missing from "dependencies" of package.json, so an image without development packages lacks it.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    ...Object.entries(rooms).map(roomRule),
    {
      name: 'api-is-data',
      comment: 'api/ holds names and shapes: it needs no package and no module of Node.js.',
      severity: 'error',
      from: { path: '^api/' },
      to: { dependencyTypes: ['core', 'npm'] },
    },
    {
      name: 'domain-is-pure',
      comment:
        'domain/ decides without input or output: of Node.js it may use crypto only, and no Temporal or Kubernetes client.',
      severity: 'error',
      from: { path: '^domain/' },
      to: { dependencyTypes: ['core', 'npm'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'domain-of-workflows-is-sandboxed',
      comment: 'These files run inside workflows: they may import api/ and each other, nothing else.',
      severity: 'error',
      from: { path: domainInWorkflows },
      to: { pathNot: ['^api/', domainInWorkflows] },
    },
    {
      name: 'workflows-imports',
      comment:
        'workflows/ may import api/, the listed files of domain/, @temporalio/workflow, and types of activities/.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: {
        pathNot: [
          '^workflows/',
          '^api/',
          '^activities/',
          domainInWorkflows,
          '^node_modules/@temporalio/(workflow|common)/',
        ],
      },
    },
    {
      name: 'workflows-take-only-types-of-activities',
      comment: 'A value import would bundle the activity, and with it the network, into the workflow.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^activities/', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
