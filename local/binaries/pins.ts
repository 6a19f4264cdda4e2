/** The programs a fleet consists of: their versions and where each comes from. */

export const binaryNames = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl', 'temporal'] as const;

export type BinaryName = (typeof binaryNames)[number];

/** One pinned program. */
export interface Pin {
  name: BinaryName;
  version: string;
  /** Names a copy of the program that is used whatever its version. */
  environmentVariable: string;
  /** Arguments that make it print its version, and what that looks like. */
  versionArguments: string[];
  versionPattern: RegExp;
  /** Folder under `tools/binaries/` whose `go.mod` pins the sources, the package there, and linker flags. */
  goModule: 'kubernetes' | 'temporal';
  goPackage: string;
  linkerFlags: string[];
}

export const kubernetesVersion = '1.35.0';
export const temporalVersion = '1.9.1';

/** Without these a Kubernetes program that was built from its module calls itself v0.0.0. */
const kubernetesLinkerFlags = [
  `-X k8s.io/component-base/version.gitVersion=v${kubernetesVersion}`,
  '-X k8s.io/component-base/version.gitMajor=1',
  '-X k8s.io/component-base/version.gitMinor=35',
  '-X k8s.io/component-base/version.gitTreeState=clean',
  `-X k8s.io/client-go/pkg/version.gitVersion=v${kubernetesVersion}`,
  '-X k8s.io/client-go/pkg/version.gitMajor=1',
  '-X k8s.io/client-go/pkg/version.gitMinor=35',
];

function kubernetesPin(name: 'kube-apiserver' | 'kube-controller-manager' | 'kubectl'): Pin {
  return {
    name,
    version: kubernetesVersion,
    environmentVariable: `FLOTILLA_${name.toUpperCase().replaceAll('-', '_')}`,
    versionArguments: name === 'kubectl' ? ['version', '--client'] : ['--version'],
    versionPattern: /^(?:Kubernetes|Client Version:) v(\S+)/m,
    goModule: 'kubernetes',
    goPackage: `k8s.io/kubernetes/cmd/${name}`,
    linkerFlags: kubernetesLinkerFlags,
  };
}

export const pins: Record<BinaryName, Pin> = {
  etcd: {
    name: 'etcd',
    version: '3.6.5',
    environmentVariable: 'FLOTILLA_ETCD',
    versionArguments: ['--version'],
    versionPattern: /^etcd Version: (\S+)/m,
    goModule: 'kubernetes',
    goPackage: 'go.etcd.io/etcd/server/v3',
    linkerFlags: [],
  },
  'kube-apiserver': kubernetesPin('kube-apiserver'),
  'kube-controller-manager': kubernetesPin('kube-controller-manager'),
  kubectl: kubernetesPin('kubectl'),
  temporal: {
    name: 'temporal',
    version: temporalVersion,
    environmentVariable: 'FLOTILLA_TEMPORAL',
    versionArguments: ['--version'],
    versionPattern: /^temporal version (\S+)/m,
    goModule: 'temporal',
    goPackage: 'github.com/temporalio/cli/cmd/temporal',
    linkerFlags: [`-X github.com/temporalio/cli/internal/temporalcli.Version=${temporalVersion}`],
  },
};
