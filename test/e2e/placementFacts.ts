/**
 * Where each fact of the document about placements is tested, by the numbers of the list of facts.
 * `test/unit/placementFacts.test.ts` keeps the list whole and its references true.
 */

export interface PlacementFact {
  id: string;
  what: string;
  /** As `file: name of the test`. */
  tests: readonly string[];
  /** What of it does not exist yet. */
  missing?: string;
}

const definitions = 'test/integration/crds.test.ts: ';
const scheduling = 'test/unit/domain/scheduling/';
const status = 'test/unit/domain/placements/status.test.ts: ';
const selecting = 'test/unit/domain/selection/select.test.ts: ';
const rolling = 'test/e2e/scenarios/rollingUpdate.test.ts: ';
const describing = 'test/e2e/scenarios/described.test.ts: ';
const membership = 'test/integration/membership.test.ts: ';

const policiesReadBack = `${definitions}K8, K10–K13, K21: the documented policies read back as submitted`;
const head = `${describing}K19–K21: the head, and a spec that reads back as it was submitted`;
const conditions = `${describing}K22–K24, K29: the documented conditions first, then those of later generations, all about one generation`;
const clusters = `${describing}K25–K28: one section for each cluster, by name`;
const resources = `${describing}K30: the selected resources, the group left out where it is empty`;
const eventLines = `${describing}K31–K35: the documented events in their order, from their source`;
const printed = `${status}K22–K29: the conditions of the document come first and read as printed, those of later generations after them`;
const events =
  'test/unit/domain/placements/events.test.ts: K31 to K33: a rollout from nothing to its end, in the order of its steps';

function fact(id: string, what: string, ...tests: string[]): PlacementFact {
  return { id, what, tests };
}

export const placementFacts: readonly PlacementFact[] = [
  fact(
    'K1',
    'a MemberCluster for each cluster that joins',
    'test/integration/members.test.ts: a cluster that joins is described and eligible at once',
  ),
  fact(
    'K2',
    'three labels on every member',
    `${membership}tells what it does, sets the labels of a managed fleet, and waits until the member is there`,
  ),
  fact(
    'K3',
    'a namespace brings what is in it',
    `${selecting}N12 to N17: the tutorial selects two cleaned objects in order`,
  ),
  fact('K4', 'by kind, by name, by labels', `${selecting}take by name, by labels, or all of a kind`),
  {
    ...fact(
      'K5',
      'envelopes',
      'test/integration/selection.test.ts: envelopes are selected like other objects, and counted',
    ),
    missing: 'They are placed as they are; unpacking comes with the work on applying.',
  },
  fact(
    'K6',
    'required filters, preferred ranks, both by properties',
    `${scheduling}clusterAffinity.test.ts: K8: a label that it has`,
    `${scheduling}clusterAffinity.test.ts: K11: labels give the whole weight`,
    'test/integration/scheduling.test.ts: a property that crosses what a policy requires brings a cluster in; any other measurement writes nothing',
  ),
  fact(
    'K7',
    'PickAll, PickFixed, PickN',
    'test/integration/scheduling.test.ts: PickN takes the best, grows, and shrinks without moving what can stay',
    'test/integration/scheduling.test.ts: PickFixed says which cluster is missing',
  ),
  fact('K8', 'the PickAll example', policiesReadBack, `${scheduling}clusterAffinity.test.ts: K8: a label that it has`),
  fact(
    'K9',
    'its effect',
    `${rolling}reaches all its clusters at once`,
    `${scheduling}clusterAffinity.test.ts: K8: a label that it has`,
  ),
  fact(
    'K10',
    'the PickFixed example',
    policiesReadBack,
    `${scheduling}pickFixed.test.ts: K10: the named clusters, without scores`,
  ),
  fact(
    'K11',
    'the PickN example, put right',
    policiesReadBack,
    `${scheduling}clusterAffinity.test.ts: K11: labels give the whole weight`,
  ),
  fact('K12', 'its effect', `${scheduling}pickN.test.ts: K12: the preferred ones first`),
  fact(
    'K13',
    'the example of spreading, put right',
    policiesReadBack,
    `${scheduling}topologySpread.test.ts: K13, K14: clusters are spread over the regions`,
  ),
  fact(
    'K14',
    'what spreading means',
    `${scheduling}topologySpread.test.ts: K13, K14: clusters are spread over the regions`,
  ),
  fact('K15', 'fragments are no manifests', policiesReadBack),
  fact('K16', 'the default strategy', `${rolling}reaches all its clusters at once`),
  fact('K17', 'a pause between clusters', `${rolling}for a change, and not for the first placement`),
  fact(
    'K18',
    'applied is enough for Applied',
    `${describing}K18: Applied does not wait for what an object brings about`,
  ),
  fact('K19', 'kubectl describe', head),
  fact('K20', 'its head', head),
  fact('K21', 'the spec as it was submitted', policiesReadBack, head),
  ...['K22', 'K23', 'K24'].map((id) => fact(id, 'conditions as printed', printed, conditions)),
  ...['K25', 'K26', 'K27', 'K28'].map((id) => fact(id, 'clusters as printed', printed, clusters)),
  fact('K29', 'one generation on all of them', printed, conditions),
  fact(
    'K30',
    'selected resources as printed',
    resources,
    `${selecting}N12 to N17: the tutorial selects two cleaned objects in order`,
  ),
  ...['K31', 'K32', 'K33'].map((id) => fact(id, 'events as printed', events, eventLines)),
  fact(
    'K34',
    'their source, one for each transition',
    'test/integration/placements.test.ts: K31, K34: one event for the scheduling, from the documented source',
    'test/unit/domain/placements/events.test.ts: K34: nothing new, no event',
  ),
  fact('K35', 'their order', events, eventLines),
  fact('K36', 'stability first', `${scheduling}scheduleModel.test.ts: whatever happens, only what must move moves`),
  fact('K37', 'another policy', `${scheduling}pickN.test.ts: K37: a preference may move it`),
  fact(
    'K38',
    'scale out',
    `${scheduling}pickN.test.ts: K38: the new ones join those that are there, and the snapshot stays`,
  ),
  fact(
    'K39',
    'a cluster that becomes eligible',
    `${scheduling}pickN.test.ts: K39: a cluster that becomes eligible fills the gap`,
  ),
  fact(
    'K40',
    'a cluster that leaves',
    `${scheduling}pickN.test.ts: K40: a cluster that leaves is replaced, and no other moves`,
  ),
  fact('K41', 'other content goes on in place', `${rolling}goes on cluster by cluster`),
  fact('K42', 'the fields of a toleration', `${scheduling}taintToleration.test.ts: K42: %j tolerates: %s`),
  fact(
    'K43',
    'every taint must be tolerated',
    `${scheduling}taintToleration.test.ts: K43: every taint must be tolerated; the first one that is not is named`,
  ),
  fact('K44', 'tolerations are only added', `${definitions}K44: tolerations can be added, but not changed or removed`),
];
