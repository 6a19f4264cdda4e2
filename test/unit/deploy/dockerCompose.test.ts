import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { readConfiguration } from '../../../worker/configuration.ts';

interface ComposeFile {
  name: string;
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

interface Service {
  image?: string;
  build?: { context: string; dockerfile: string };
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: unknown;
}

const text = readFileSync('docker-compose.yml', 'utf8');
const compose = parse(text) as ComposeFile;

function validator() {
  const schema = JSON.parse(readFileSync('test/fixtures/compose-spec.json', 'utf8')) as object;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (addFormats as unknown as (target: Ajv2020) => void)(ajv);
  // Formats of the Compose Specification itself.
  for (const format of ['expose', 'ports', 'subnet_ip_address']) ajv.addFormat(format, true);
  return ajv.compile(schema);
}

describe('docker-compose.yml', () => {
  test('is valid by the JSON schema of the Compose Specification', () => {
    const validate = validator();
    validate(compose);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('the schema does refuse what Compose would', () => {
    const validate = validator();
    expect(validate({ ...compose, services: { worker: { imagine: 'flotilla' } } })).toBe(false);
  });

  test('says that it was not run', () => {
    expect(text.split('\nname:')[0]).toMatch(/never run/);
  });

  test('services wait only for services that are there, and for health only where it is checked', () => {
    for (const { depends_on } of Object.values(compose.services)) {
      for (const [name, { condition }] of Object.entries(depends_on ?? {})) {
        const awaited = compose.services[name];
        expect(awaited).toBeDefined();
        if (condition === 'service_healthy') expect(awaited?.healthcheck).toBeDefined();
      }
    }
  });

  test('every file and named volume that it mounts is there', () => {
    const sources = Object.values(compose.services).flatMap(({ volumes = [] }) =>
      volumes.map((mount) => mount.split(':')[0]!),
    );
    for (const source of sources) {
      if (source.startsWith('./')) expect([source, existsSync(source)]).toEqual([source, true]);
      else if (!source.startsWith('${')) expect(Object.keys(compose.volumes)).toContain(source);
    }
    expect(existsSync(compose.services.worker!.build!.dockerfile)).toBe(true);
  });

  test('opens its ports on this machine only', () => {
    for (const { ports = [] } of Object.values(compose.services)) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  });

  test('gives the worker an environment that it understands', () => {
    const { environment = {} } = compose.services.worker!;
    expect(readConfiguration([], environment)).toMatchObject({ mistakes: [], warnings: [] });
  });
});
