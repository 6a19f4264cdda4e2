/** `why`: from the hub to the one finding. */
import { kinds, placementKinds } from '../../api/kinds.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { findObject, findPlacement, findRun } from '../rollout/findTarget.ts';
import { formatTarget, type Target } from '../rollout/target.ts';
import { cordoned } from './causes/cordoned.ts';
import { memberUnreachable } from './causes/memberUnreachable.ts';
import { noWorker } from './causes/noWorker.ts';
import { memberHeld } from './causes/removalHeld.ts';
import { nothing } from './causes/underWay.ts';
import { workingCluster } from './facts.ts';
import { firstOf, type Finding } from './finding.ts';
import { readPlacementFacts, readRunFacts, readSurroundings, type Surroundings } from './readFacts.ts';
import { runsAbout } from './relevance.ts';
import { clusterOfRunCauses, placementCauses, runCauses } from './tables.ts';

/** @param now epoch milliseconds. @throws Error with one sentence: which name is wrong */
export async function whyOf(hub: KubernetesClient, target: Target, now: number): Promise<Finding> {
  const subject = formatTarget(target);
  const surroundings = await readSurroundings(hub, now);
  switch (target.kind) {
    case 'run': {
      const facts = await readRunFacts(hub, await findRun(hub, target.reference), surroundings);
      return firstOf(runCauses, facts) ?? nothing({ subject });
    }
    case 'placement': {
      const facts = await readPlacementFacts(hub, await findPlacement(hub, target.reference), surroundings);
      return firstOf(placementCauses, facts) ?? nothing({ subject });
    }
    case 'cluster':
      return whyOfCluster(hub, target, surroundings);
  }
}

async function whyOfCluster(hub: KubernetesClient, target: Target, surroundings: Surroundings): Promise<Finding> {
  const subject = formatTarget(target);
  const member = await findObject(hub, kinds.memberCluster, target.reference);
  const { name } = member.metadata;
  const facts = { ...surroundings, subject, bindings: [], cluster: name };
  const unattended = noWorker(facts);
  const ofMember = memberHeld(facts, member) ?? memberUnreachable(facts, workingCluster(facts, name, false));
  if (ofMember !== undefined) return unattended ?? ofMember;
  for (const definitions of placementKinds) {
    for (const run of runsAbout(name, (await hub.list(definitions.run)).items)) {
      const found = firstOf(clusterOfRunCauses, {
        ...(await readRunFacts(hub, run, surroundings)),
        subject,
        cluster: name,
      });
      if (found !== undefined) return unattended ?? found;
    }
    const placements = (await hub.list(definitions.placement)).items.filter(
      ({ metadata, spec }) => spec.strategy?.type !== 'External' || metadata.deletionTimestamp !== undefined,
    );
    for (const placement of placements) {
      const read = await readPlacementFacts(hub, placement, surroundings);
      if (!read.bindings.some(({ spec }) => spec.targetCluster === name)) continue;
      const found = firstOf(placementCauses, { ...read, cluster: name });
      if (found !== undefined && found.cause !== 'nothing') return found;
    }
  }
  return cordoned({ subject }, member) ?? nothing({ subject });
}
