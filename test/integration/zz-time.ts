import { startTestFleet, configMapObject, configMaps, cluster } from './updateClusterFleet.ts';
import { MemberPool } from '../../kube/pool.ts';
const fleet = await startTestFleet();
const pool = new MemberPool(fleet.client);
const viaDoor = await pool.client(cluster);
for (const [name, client] of [['direct', fleet.client], ['door', viaDoor]] as const) {
  const t: number[] = [];
  for (let i = 0; i < 40; i++) { const s = performance.now(); await client.apply(configMaps, configMapObject('default', 'a', { key: name + String(i) }), { fieldManager: 'x', force: true }); t.push(performance.now() - s); }
  console.log(name, 'apply', t.map((x) => x.toFixed(0)).join(' '));
  const g: number[] = [];
  for (let i = 0; i < 40; i++) { const s = performance.now(); await client.get(configMaps, 'a', 'default'); g.push(performance.now() - s); }
  console.log(name, 'get', g.map((x) => x.toFixed(0)).join(' '));
}
await pool.close();
await fleet.stop();
