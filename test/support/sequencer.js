// In which order test files run. Where no times of an earlier run are known, as on a fresh clone, Jest begins with the
// largest file. The tutorial is a small one, and waits two minutes for real: at the end nothing would run beside it.
import Sequencer from '@jest/test-sequencer';

export default class TutorialFirst extends Sequencer {
  sort(tests) {
    const isTutorial = ({ path }) => path.endsWith('tutorial.test.ts');
    const sorted = super.sort(tests);
    return [...sorted.filter(isTutorial), ...sorted.filter((test) => !isTutorial(test))];
  }
}
