/** What the player says at the end: what to try while the fleet is up. */
import { checkoutCommand } from '../calledAs.ts';
import { commandLine } from './approval.ts';
import { cleanUpSteps } from './steps.ts';

/** The places that the text points to. */
export interface FleetPlaces {
  /** Address of Temporal's web page. */
  temporalUiUrl: string;
  /** Data folder, as the user would type it; `undefined` for the default one. */
  data: string | undefined;
  /** Whether the fleet goes on running after this text. */
  staysUp: boolean;
}

/** What to try after the tutorial. `played` is false when only the fleet was brought up. */
export function nextSteps(places: FleetPlaces, played: boolean): string {
  const option = places.data === undefined ? '' : ` --data ${places.data}`;
  const workflow = played ? 'csur/example-run' : 'csur/NAME';
  const rows: [string, string][] = [
    ...(places.staysUp ? [] : restartRows(option)),
    [`eval "$(${checkoutCommand(`local env${option}`)})"`, 'kubectl and temporal of this fleet in your shell'],
    ['kubectl get csur', 'runs on the hub; --context member1 looks at a member'],
    [`temporal workflow describe -w ${workflow}`, 'the same run as a workflow'],
    [places.temporalUiUrl, 'the same in a browser'],
    ...(played ? cleanUpRows() : tutorialRows()),
    [checkoutCommand(`local down${option}`), 'stop everything; the data stays'],
    ['npm start -- --fleet-only', 'the fleet without the tutorial'],
  ];
  const width = Math.max(...rows.map(([typed]) => typed.length));
  return ['What to try next:', '', ...rows.map(([typed, what]) => `  ${typed.padEnd(width)}   ${what}`), ''].join('\n');
}

function restartRows(option: string): [string, string][] {
  return [[checkoutCommand(`local up${option}`), 'start this fleet again, with all that is in it']];
}

function cleanUpRows(): [string, string][] {
  return cleanUpSteps.flatMap(({ action, sentence }) =>
    action.type === 'kubectl' ? [[commandLine('kubectl', action.arguments), `clean-up: ${lowerFirst(sentence)}`]] : [],
  );
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '');
}

function tutorialRows(): [string, string][] {
  return [['kubectl apply -f examples/tutorial/01-placement.yaml', 'the tutorial by hand, see README.md']];
}
