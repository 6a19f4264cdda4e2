/**
 * Keeps the process alive through a gap in Node's HTTP/2: a response that arrives after its request was aborted becomes
 * a stream of its own that nobody listens to, and when the connection breaks later, that stream's error would be nobody's
 * and end the process. Requests have listeners of their own, so this one changes nothing for them.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { ClientHttp2Stream } from 'node:http2';

subscribe('http2.client.stream.created', (message) => {
  const { stream } = message as { stream: ClientHttp2Stream };
  // One is enough, however many copies of this module a process has loaded.
  if (stream.listenerCount('error') === 0) stream.on('error', () => undefined);
});
