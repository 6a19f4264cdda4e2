import { describe, expect, test } from '@jest/globals';
import { parseApiPatterns, parseNamespaces } from '../../../../domain/selection/apiPatterns.ts';

describe('kinds', () => {
  test('are groups, versions of groups, or single kinds', () => {
    expect(parseApiPatterns('batch;apps/v1; example.com/v1alpha1/Widget ,Gadget;;v1/Secret')).toEqual({
      entries: [
        { group: 'batch' },
        { group: 'apps', version: 'v1' },
        { group: 'example.com', version: 'v1alpha1', kinds: ['Widget', 'Gadget'] },
        { group: '', version: 'v1', kinds: ['Secret'] },
      ],
      mistakes: [],
    });
    expect(parseApiPatterns('')).toEqual({ entries: [], mistakes: [] });
  });

  test.each([
    ['v1', 'names no kind of the core group, as in "v1/Secret"'],
    ['Apps', 'begins with no name of an API group'],
    ['apps/1', 'has no version such as "v1" or "v1beta1" after the group'],
    ['apps/Deployment', 'has no version such as "v1" or "v1beta1" after the group'],
    ['apps/v1/', 'names "", which is no kind such as "ConfigMap"'],
    ['apps/v1/Deployment,deployments', 'names "deployments", which is no kind such as "ConfigMap"'],
    ['apps/v1/Deployment/web', 'has too many slashes'],
  ])('%s means nothing', (text, mistake) => {
    expect(parseApiPatterns(text)).toEqual({ entries: [], mistakes: [`"${text}" ${mistake}`] });
  });
});

describe('namespaces', () => {
  test('stand between commas; semicolons, which the reference reads, do as well', () => {
    expect(parseNamespaces('one, two;three')).toEqual({ entries: ['one', 'two', 'three'], mistakes: [] });
  });

  test('what is no name is told, each for itself', () => {
    expect(parseNamespaces('One,two_three,four')).toEqual({
      entries: ['four'],
      mistakes: ['"One" is no name of a namespace', '"two_three" is no name of a namespace'],
    });
  });
});
