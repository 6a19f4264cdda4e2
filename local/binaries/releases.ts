/** Official archives of the pinned programs, and how each is checked. Where none fits, a program is built. */
import { kubernetesVersion, temporalVersion, type BinaryName, type Pin } from './pins.ts';

/** One file to download, and the program in it. */
export interface Release {
  url: string;
  /**
   * The archive's SHA-512 in hexadecimal, known beforehand; or the address of a list of checksums that the project
   * publishes. The latter shows only that the file arrived whole from the project's own host over TLS.
   */
  check: { sha512: string } | { listUrl: string; algorithm: 'sha256' | 'sha512' };
  /** The program's path in the archive; absent if the file is the program itself. */
  member?: string;
}

/** Node's names of platform and processor, as `process.platform` and `process.arch` give them. */
export interface Platform {
  os: string;
  processor: string;
}

/** SHA-512 of `envtest-v1.35.0-<platform>.tar.gz`. Source: controller-tools' release index. */
const envtestHashes: Record<string, string> = {
  'darwin-amd64':
    'fccc583ba6d322c88a8c56f7876090a7ad63460046a4bcae414093b23ce68a75f172ca7484b7c7475b707657eca5108a8ad3fd85e1b4f70a6c99ca2f22dbd6b2',
  'darwin-arm64':
    'bb5d0bb3975956331b0aa0c039955b4c4dc6c5c288e5af369364c7d2fbeac11a025227dabb127569080b259dd29b697cc77fa77abd27ae26721ddb23e8ee0613',
  'linux-amd64':
    '130369c16f076e724d089189afaede960316f5f5dea6cf57be7a4fc6f09c77342893192509790e4056e116e232dff832ed863f5bd55dcb55d38f3ab834828a11',
  'linux-arm64':
    'e53e2b88398f5b9503e3f074d82a2dcb090c708b34940848607ce658138a5d4a25962e042ab683ccc026a8a6c90c0be7f658e42dde0887369d73c3b68e2fc86c',
};

/** The official file that holds a program for a platform; `undefined` if the project publishes none. */
export function releaseOf(pin: Pin, platform: Platform): Release | undefined {
  const processor = { x64: 'amd64', arm64: 'arm64' }[platform.processor];
  if (processor === undefined || !['linux', 'darwin'].includes(platform.os)) return undefined;
  return releases[pin.name](platform.os, processor);
}

const releases: Record<BinaryName, (os: string, processor: string) => Release | undefined> = {
  etcd: (os, processor) => envtest('etcd', os, processor),
  'kube-apiserver': (os, processor) => envtest('kube-apiserver', os, processor),
  kubectl: (os, processor) => envtest('kubectl', os, processor),
  'kube-controller-manager': (os, processor) => {
    // Kubernetes publishes its servers for Linux alone.
    if (os !== 'linux') return undefined;
    const url = `https://dl.k8s.io/release/v${kubernetesVersion}/bin/linux/${processor}/kube-controller-manager`;
    return { url, check: { listUrl: `${url}.sha512`, algorithm: 'sha512' } };
  },
  temporal: (os, processor) => {
    const folder = `https://github.com/temporalio/cli/releases/download/v${temporalVersion}`;
    return {
      url: `${folder}/temporal_cli_${temporalVersion}_${os}_${processor}.tar.gz`,
      check: { listUrl: `${folder}/checksums.txt`, algorithm: 'sha256' },
      member: 'temporal',
    };
  },
};

function envtest(name: BinaryName, os: string, processor: string): Release | undefined {
  const sha512 = envtestHashes[`${os}-${processor}`];
  if (sha512 === undefined) return undefined;
  const release = `envtest-v${kubernetesVersion}`;
  return {
    url: `https://github.com/kubernetes-sigs/controller-tools/releases/download/${release}/${release}-${os}-${processor}.tar.gz`,
    check: { sha512 },
    member: `controller-tools/envtest/${name}`,
  };
}
