/** Puts what came of a request into words that two servers can have in common: no names, uids, times or versions. */
import type { KubernetesObject } from '../../api/meta.ts';
import { goJson } from '../../domain/snapshots/goJson.ts';
import { KubernetesError } from '../../kube/errors.ts';

type AnyObject = KubernetesObject & Record<string, unknown>;

/** Words for one series of requests; each answer is compared with the one before about the same object. */
export class Outcomes {
  readonly #note: (request: string, outcome: string) => void;
  readonly #name: string;
  readonly #last = new Map<string, AnyObject>();

  /** @param name what all objects of the series are called; it stands for itself in no outcome */
  constructor(note: (request: string, outcome: string) => void, name: string) {
    this.#note = note;
    this.#name = name;
  }

  /** Makes a request that answers with an object. @returns that, or an empty one where the request failed */
  readonly of = async (request: string, make: () => Promise<AnyObject>): Promise<AnyObject> => {
    try {
      const object = await make();
      this.#note(request, this.#describe(object));
      return object;
    } catch (error) {
      this.#note(request, this.#failure(error));
      return { apiVersion: '', kind: '', metadata: { name: this.#name } };
    }
  };

  /** Makes a request whose answer nobody reads. */
  readonly done = async (request: string, make: () => Promise<void>): Promise<void> => {
    try {
      await make();
      this.#note(request, 'done');
    } catch (error) {
      this.#note(request, this.#failure(error));
    }
  };

  #describe(object: AnyObject): string {
    const { kind, metadata, spec, status, data } = object;
    const before = this.#last.get(kind);
    this.#last.set(kind, object);
    const seen = {
      kind,
      uid: same(before?.metadata.uid, metadata.uid),
      // Controllers of a real member may have written the status of a Deployment in between.
      ...(kind !== 'Deployment' && { version: same(before?.metadata.resourceVersion, metadata.resourceVersion) }),
      generation: metadata.generation,
      labels: metadata.labels,
      owners: metadata.ownerReferences?.map((owner) => owner.kind),
      data,
      // A real one fills in defaults, and has no controllers here that would write a status.
      ...(kind === 'AppliedWork' && { spec, status }),
    };
    return goJson(seen).replaceAll(this.#name, 'NAME');
  }

  #failure(error: unknown): string {
    if (!(error instanceof KubernetesError)) throw error;
    return [error.errorClass, error.status, error.reason].join(' ');
  }
}

function same(before: string | undefined, now: string | undefined): string {
  if (now === undefined || now === '') return 'none';
  if (before === undefined) return 'first';
  return before === now ? 'same' : 'other';
}
