/** What somebody may type after `flotilla get`. */
import { describe, expect, test } from '@jest/globals';
import { understand, type GetOptions } from '../../../../cli/get/request.ts';

function meant(typed: string[], options: GetOptions = {}): string {
  const [resource = '', ...names] = typed;
  const request = understand(resource, names, options);
  return [request.definitions.map(({ kind }) => kind).join('+'), ...request.names].join(' ');
}

describe('words', () => {
  test.each([
    [['runs'], {}, 'ClusterStagedUpdateRun'],
    [['run', 'one'], {}, 'ClusterStagedUpdateRun one'],
    [['csur/one'], {}, 'ClusterStagedUpdateRun one'],
    [['Runs'], { namespace: 'shop' }, 'StagedUpdateRun'],
    [['runs'], { allNamespaces: true }, 'ClusterStagedUpdateRun+StagedUpdateRun'],
    [['clusterstagedupdateruns.placement.kubernetes-fleet.io'], {}, 'ClusterStagedUpdateRun'],
    [['rp'], { namespace: 'shop' }, 'ResourcePlacement'],
    [['members', 'a', 'b'], { namespace: 'shop' }, 'MemberCluster a b'],
    [['memberclusters'], { allNamespaces: true }, 'MemberCluster'],
    [['approvals'], {}, 'ClusterApprovalRequest'],
    [['csur'], { allNamespaces: true }, 'ClusterStagedUpdateRun'],
    [['StagedUpdateRuns'], { allNamespaces: true }, 'StagedUpdateRun'],
  ])('%j with %j', (typed, options, expected) => {
    expect(meant(typed, options)).toBe(expected);
  });
});

describe('mistakes', () => {
  test.each([
    [['rnus'], {}, 'flotilla get does not know "rnus"; did you mean runs?'],
    [['pods'], {}, 'flotilla get does not know "pods"; it shows runs, placements, members, approvals.'],
    [['run/one', 'two'], {}, '"run/one two" is not of the form run/NAME or run NAME.'],
    [['run/'], {}, '"run/" is not of the form run/NAME or run NAME.'],
    [['run', 'one'], { selector: 'a=b' }, '-l chooses by labels; leave the names out, or -l.'],
    [['run', 'one'], { allNamespaces: true }, '-A lists all namespaces; a name needs one, with -n.'],
    [['sur'], {}, 'sur is in a namespace: say which with -n NAMESPACE, or -A for all of them.'],
    [['resourceplacement', 'a'], {}, 'resourceplacement is in a namespace: say which with -n NAMESPACE'],
    [['csur', 'a'], { namespace: 'shop' }, 'csur is in no namespace: leave -n shop out, or write runs.'],
    [['runs'], { allNamespaces: true, namespace: 'a' }, '-n and -A contradict each other; give one of them.'],
  ])('%j with %j', (typed, options, sentence) => {
    expect(() => meant(typed, options)).toThrow(sentence);
  });
});
