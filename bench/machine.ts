/** On what a benchmark ran: a figure without its machine says nothing. */
import { arch, cpus, platform, totalmem } from 'node:os';

/** One line about processor, memory and Node.js. */
export function describeMachine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  const memory = `${String(Math.round(totalmem() / 2 ** 30))} GiB`;
  return `${String(processors.length)} × ${model}, ${memory}, ${platform()}/${arch()}, Node.js ${process.version}`;
}
