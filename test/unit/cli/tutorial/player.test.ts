import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { approvalText, commandLine } from '../../../../cli/tutorial/approval.ts';
import { removeLeftovers } from '../../../../cli/tutorial/leftovers.ts';
import { nextSteps } from '../../../../cli/tutorial/nextSteps.ts';
import { play, type Stage } from '../../../../cli/tutorial/player.ts';
import { cleanUpSteps, tutorialObjects, tutorialSteps, type TutorialStep } from '../../../../cli/tutorial/steps.ts';

/** A stage that writes down what happens on it. `fails` is the first word of the command that fails. */
function recordingStage(fails?: string): { stage: Stage; happened: string[] } {
  const happened: string[] = [];
  const stage: Stage = {
    write: (text) => void happened.push(text),
    kubectl: (typed) => {
      happened.push(`ran ${typed.join(' ')}`);
      return Promise.resolve(typed[0] === fails ? 3 : 0);
    },
    watchRun: (run) => Promise.resolve(void happened.push(`watched ${run}`)),
    writeApproval: () => Promise.resolve('text of the file\n'),
    approvalPath: 'data/approval.json',
    askToApprove: () => Promise.resolve(void happened.push('asked')),
  };
  return { stage, happened };
}

const looking: TutorialStep = {
  id: 'look',
  sentence: 'A look.',
  action: { type: 'kubectl', arguments: ['get', 'crp'] },
};

describe('the player', () => {
  test('says what comes, shows the command, runs it', async () => {
    const { stage, happened } = recordingStage();
    await play([looking], stage);
    expect(happened).toEqual(['\nA look.\n', '$ kubectl get crp\n', 'ran get crp']);
  });

  test('stops at the first command that fails', async () => {
    const { stage, happened } = recordingStage('get');
    await expect(play([looking, { ...looking, id: 'next' }], stage)).rejects.toThrow(
      'The tutorial stops here: "kubectl get crp" ended with code 3; what it said stands above.',
    );
    expect(happened.filter((text) => text.startsWith('ran'))).toEqual(['ran get crp']);
  });

  test('asks before it approves, with the file in its place', async () => {
    const { stage, happened } = recordingStage();
    await play(
      tutorialSteps.filter(({ id }) => id === 'approve-run-1'),
      stage,
    );
    expect(happened.slice(1)).toEqual([
      'asked',
      '$ kubectl patch clusterapprovalrequests example-run-canary --type=merge --subresource=status --patch-file data/approval.json\n',
      'ran patch clusterapprovalrequests example-run-canary --type=merge --subresource=status --patch-file data/approval.json',
    ]);
  });

  test('plays the whole tutorial: every run is watched to its approval and to its end', async () => {
    const { stage, happened } = recordingStage();
    await play(tutorialSteps, stage);
    expect(happened.filter((text) => text.startsWith('watched') || text === 'asked')).toEqual([
      'watched example-run',
      'asked',
      'watched example-run',
      'watched example-run-2',
      'asked',
      'watched example-run-2',
    ]);
  });
});

describe('leftovers of an earlier tutorial', () => {
  test('there are none: nothing is said or done', async () => {
    const { stage, happened } = recordingStage();
    await removeLeftovers({ ...stage, kubectlOutput: () => Promise.resolve('\n') });
    expect(happened).toEqual([]);
  });

  test('are removed by the commands of the clean-up, in its order', async () => {
    const { stage, happened } = recordingStage();
    await removeLeftovers({ ...stage, kubectlOutput: () => Promise.resolve('namespace/test-namespace\n') });
    expect(happened.filter((text) => text.startsWith('ran'))).toEqual([
      'ran delete csur example-run example-run-2 --ignore-not-found',
      'ran delete csus example-strategy --ignore-not-found',
      'ran delete crp example-placement --ignore-not-found',
      'ran delete namespace test-namespace --ignore-not-found',
    ]);
  });
});

describe('the steps', () => {
  test('have names of their own', () => {
    const ids = [...tutorialSteps, ...cleanUpSteps].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('apply only files that are there, and these make what the clean-up removes', () => {
    const files = tutorialSteps.flatMap(({ action }) =>
      action.type === 'kubectl' && action.arguments[0] === 'apply' ? [action.arguments[2] ?? ''] : [],
    );
    const made = files.map((file) => {
      const { kind, metadata } = parse(readFileSync(new URL(`../../../../${file}`, import.meta.url), 'utf8')) as {
        kind: keyof typeof shortNames;
        metadata: { name: string };
      };
      return `${shortNames[kind]}/${metadata.name}`;
    });
    expect(made.sort()).toEqual(tutorialObjects.filter((object) => !object.startsWith('namespace/')).sort());
  });
});

test('the README shows the same commands, to be typed by hand', () => {
  const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8');
  const makes = [...tutorialSteps, ...cleanUpSteps].filter(({ id }) => /^(create|delete)-/.test(id));
  expect(makes.length).toBe(10);
  for (const { action } of makes) {
    if (action.type === 'kubectl') expect(readme).toContain(commandLine('kubectl', action.arguments));
  }
});

const shortNames = {
  ClusterResourcePlacement: 'crp',
  ClusterStagedUpdateStrategy: 'csus',
  ClusterStagedUpdateRun: 'csur',
};

describe('texts', () => {
  test('a command reads as it would be typed', () => {
    expect(commandLine('kubectl', ['patch', '-p', `{"a":"it's"}`], { EDITOR: 'sed -i' })).toBe(
      String.raw`EDITOR='sed -i' kubectl patch -p '{"a":"it'\''s"}'`,
    );
  });

  test('the approval is YAML with the moment of the approval', () => {
    const parsed = parse(approvalText(new Date('2026-01-02T03:04:05.678Z'))) as {
      status: { conditions: { lastTransitionTime: string }[] };
    };
    expect(parsed.status.conditions[0]?.lastTransitionTime).toBe('2026-01-02T03:04:05Z');
  });

  test('what to try next names the data folder only where it is not the usual one', () => {
    const usual = nextSteps({ temporalUiUrl: 'http://127.0.0.1:8233', data: undefined, staysUp: true }, true);
    expect(usual).toContain('eval "$(npx flotilla local env)"');
    expect(usual).toContain('http://127.0.0.1:8233');
    expect(usual).toContain('kubectl delete csur example-run example-run-2');
    expect(usual).not.toContain('local up');
    const elsewhere = nextSteps({ temporalUiUrl: '', data: '/elsewhere', staysUp: false }, true);
    expect(elsewhere).toContain('local env --data /elsewhere)"');
    expect(elsewhere).toContain('npx flotilla local up --data /elsewhere');
  });
});
